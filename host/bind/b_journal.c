/* b_journal.c: module `journal`: runs and their entries, kept durably. SPDX-License-Identifier:
 * Apache-2.0 */
#include "../core/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../task.h"
#include "bind.h"

#define JOURNAL_META "ifx.journal"
#define JOB_META     "ifx.journal.job"

typedef struct Job Job;

/* An open journal. Its jobs run on the thread pool in the order of their calls, one at a time,
 * because the core allows one call at a time. Counted: the userdata, unless closed, and each job
 * hold it. */
typedef struct Journal {
  IfxJournal *core;
  Job *first, *last; /* the first is running */
  int refs;
} Journal;

/* One call that waits. The userdata `box`, on the stack of the waiting task, owns it. */
struct Job {
  Wait wait;
  uv_work_t request;
  uv_loop_t *loop;
  Journal *journal;
  Job *next;
  Job **box;
  const char *op;
  bool (*run)(Job *);              /* on a thread of the pool */
  int (*push)(lua_State *, Job *); /* the results, when run returned true */
  bool queued, abandoned, ok;
  IfxErr err;
  char *text[4]; /* arguments */
  int busy_ms;
  int64_t seq;
  IfxRuns runs;
  IfxEntries entries; /* argument or result */
};

static void journal_unref(Journal *j) {
  if (--j->refs > 0) return;
  ifx_journal_close(j->core);
  free(j);
}

static Journal **check_box(lua_State *L) {
  Journal **box = luaL_testudata(L, 1, JOURNAL_META);
  if (!box) ifx_raise_argument(L, 1, "journal expected, got %s", luaL_typename(L, 1));
  return box;
}

/* close(): what was begun is completed. */
static int journal_close(lua_State *L) {
  Journal **box = check_box(L);
  Journal *j = *box;
  *box = NULL;
  if (j) journal_unref(j);
  return 0;
}

/* ---- jobs ---- */

static void job_free(Job *job) {
  for (int i = 0; i < 4; i++) free(job->text[i]);
  ifx_journal_free_runs(&job->runs);
  ifx_journal_free_entries(&job->entries);
  journal_unref(job->journal);
  free(job);
}

static int job_close(lua_State *L) {
  Job **box = luaL_checkudata(L, 1, JOB_META);
  Job *job = *box;
  *box = NULL;
  if (job && job->queued)
    job->abandoned = true;
  else if (job)
    job_free(job);
  return 0;
}

static int raise_nomem(lua_State *L) {
  IfxErr err;
  ifx_err_nomem(&err);
  return ifx_raise(L, &err);
}

/* Push the userdata of a new job. What is attached to the job from here on belongs to it, so
 * raising is fine. */
static Job *job_new(lua_State *L, Journal *j, const char *op) {
  Job **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, JOB_META);
  Job *job = *box = calloc(1, sizeof *job);
  if (!job) raise_nomem(L);
  job->box = box;
  job->op = op;
  job->loop = ifx_loop(L);
  job->journal = j;
  j->refs++;
  return job;
}

static char *copy(lua_State *L, const char *text) {
  char *to = strdup(text);
  if (!to) raise_nomem(L);
  return to;
}

static void job_work(uv_work_t *request) {
  Job *job = request->data;
  job->ok = job->run(job);
}

static void job_worked(uv_work_t *request, int status);

static void job_start(Job *job) {
  job->request.data = job;
  uv_queue_work(job->loop, &job->request, job_work, job_worked);
}

static void job_worked(uv_work_t *request, int status) {
  Job *job = request->data;
  Journal *j = job->journal;
  (void)status;
  job->queued = false;
  j->first = job->next;
  if (j->first)
    job_start(j->first);
  else
    j->last = NULL;
  if (job->abandoned)
    job_free(job);
  else
    ifx_wait_end(&job->wait);
}

static void job_release(Job *job) {
  *job->box = NULL;
  job_free(job);
}

static int job_finish(lua_State *L, Wait *w) {
  Job *job = (Job *)w;
  if (!job->ok) {
    IfxErr err = job->err;
    snprintf(err.op, sizeof err.op, "journal.%s", job->op);
    job_release(job);
    return ifx_raise(L, &err);
  }
  int n = job->push ? job->push(L, job) : 0;
  job_release(job);
  return n;
}

/* A cancelled task waits for its job all the same: what is being committed cannot be called back.
 */
static int job_run(lua_State *L, Task *task, Job *job, bool (*run)(Job *),
                   int (*push)(lua_State *, Job *)) {
  Journal *j = job->journal;
  job->run = run;
  job->push = push;
  job->queued = true;
  if (j->last)
    j->last->next = job;
  else
    j->first = job;
  j->last = job;
  if (j->first == job) job_start(job);
  return ifx_wait_begin(L, task, &job->wait, NULL, job_finish);
}

/* ---- arguments ---- */

static Journal *check_journal(lua_State *L) {
  Journal **box = check_box(L);
  if (!*box) ifx_raise_argument(L, 1, "the journal is closed");
  return *box;
}

static const char *check_text(lua_State *L, int arg) {
  size_t len;
  const char *text = ifx_check_string(L, arg, &len);
  if (len == 0 || strlen(text) != len)
    ifx_raise_argument(L, arg, "text expected that is not empty and holds no NUL");
  return text;
}

/* The same for a field of the table at `arg`; it stays anchored there. */
static const char *check_field(lua_State *L, int arg, const char *name) {
  size_t len;
  const char *text = ifx_field_string(L, arg, name, NULL, &len);
  if (!text || len == 0 || strlen(text) != len)
    ifx_raise_argument(L, arg, "field '%s': text expected that is not empty and holds no NUL",
                       name);
  return text;
}

/* Read the table on top of the stack, item `i` of argument 3, into `e`, which owns what it is
 * given. */
static void read_entry(lua_State *L, size_t i, IfxEntry *e) {
  int is_integer;
  size_t len;
  if (lua_type(L, -1) != LUA_TTABLE)
    ifx_raise_argument(L, 3, "item %zu: table expected, got %s", i, luaL_typename(L, -1));
  lua_getfield(L, -1, "op");
  e->op = lua_tointegerx(L, -1, &is_integer);
  if (!is_integer || lua_type(L, -1) != LUA_TNUMBER)
    ifx_raise_argument(L, 3, "item %zu: field 'op': integer expected, got %s", i,
                       luaL_typename(L, -1));
  lua_getfield(L, -2, "phase");
  if (lua_type(L, -1) != LUA_TSTRING)
    ifx_raise_argument(L, 3, "item %zu: field 'phase': string expected, got %s", i,
                       luaL_typename(L, -1));
  e->phase = copy(L, lua_tostring(L, -1));
  if (lua_getfield(L, -3, "data") != LUA_TNIL) {
    if (lua_type(L, -1) != LUA_TSTRING)
      ifx_raise_argument(L, 3, "item %zu: field 'data': string expected, got %s", i,
                         luaL_typename(L, -1));
    const char *data = lua_tolstring(L, -1, &len);
    e->data = malloc(len + 1);
    if (!e->data) raise_nomem(L);
    memcpy(e->data, data, len);
    e->len = len;
  }
  lua_pop(L, 3);
}

/* ---- results ---- */

static void set_text(lua_State *L, const char *name, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, double number) {
  lua_pushnumber(L, number);
  lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, lua_Integer integer) {
  lua_pushinteger(L, integer);
  lua_setfield(L, -2, name);
}

static void push_row(lua_State *L, const IfxRun *r) {
  lua_createtable(L, 0, 6);
  set_text(L, "id", r->id);
  set_text(L, "recipe", r->recipe);
  set_text(L, "state", r->state);
  set_number(L, "started", r->started);
  if (r->ended != 0) set_number(L, "ended", r->ended);
  if (r->dir) set_text(L, "dir", r->dir);
  if (r->plan) set_text(L, "plan", r->plan);
}

static int push_runs(lua_State *L, Job *job) {
  lua_createtable(L, (int)job->runs.n, 0);
  ifx_mark_list(L);
  for (size_t i = 0; i < job->runs.n; i++) {
    push_row(L, &job->runs.rows[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static int push_run(lua_State *L, Job *job) {
  if (job->runs.n == 0)
    lua_pushnil(L);
  else
    push_row(L, &job->runs.rows[0]);
  return 1;
}

static int push_entries(lua_State *L, Job *job) {
  lua_createtable(L, (int)job->entries.n, 0);
  ifx_mark_list(L);
  for (size_t i = 0; i < job->entries.n; i++) {
    const IfxEntry *e = &job->entries.rows[i];
    lua_createtable(L, 0, 5);
    set_integer(L, "seq", e->seq);
    set_integer(L, "op", e->op);
    set_text(L, "phase", e->phase);
    set_number(L, "at", e->at);
    if (e->data) {
      lua_pushlstring(L, e->data, e->len);
      lua_setfield(L, -2, "data");
    }
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static int push_seq(lua_State *L, Job *job) {
  lua_pushinteger(L, job->seq);
  return 1;
}

/* ---- the calls ---- */

static bool run_begin(Job *job) {
  return ifx_journal_begin_run(job->journal->core, job->text[0], job->text[1], job->text[2],
                               job->text[3], &job->err);
}

static int journal_begin_run(lua_State *L) {
  Task *task = ifx_check_task(L);
  Journal *j = check_journal(L);
  ifx_check_table(L, 2);
  const char *id = check_field(L, 2, "id"), *recipe = check_field(L, 2, "recipe");
  const char *dir = check_field(L, 2, "dir"), *plan = check_field(L, 2, "plan");
  Job *job = job_new(L, j, "begin_run");
  job->text[0] = copy(L, id);
  job->text[1] = copy(L, recipe);
  job->text[2] = copy(L, dir);
  job->text[3] = copy(L, plan);
  return job_run(L, task, job, run_begin, NULL);
}

static bool run_record(Job *job) {
  return ifx_journal_record(job->journal->core, job->text[0], job->entries.rows, job->entries.n,
                            &job->seq, &job->err);
}

static int journal_record(lua_State *L) {
  Task *task = ifx_check_task(L);
  Journal *j = check_journal(L);
  const char *run = check_text(L, 2);
  ifx_check_table(L, 3);
  size_t n = lua_rawlen(L, 3);
  Job *job = job_new(L, j, "record");
  job->text[0] = copy(L, run);
  job->entries.rows = calloc(n ? n : 1, sizeof *job->entries.rows);
  if (!job->entries.rows) return raise_nomem(L);
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, 3, (lua_Integer)i + 1);
    job->entries.n = i + 1;
    read_entry(L, i + 1, &job->entries.rows[i]);
    lua_pop(L, 1);
  }
  return job_run(L, task, job, run_record, push_seq);
}

static bool run_state(Job *job) {
  return ifx_journal_state(job->journal->core, job->text[0], job->text[1], &job->err);
}

static int journal_state(lua_State *L) {
  Task *task = ifx_check_task(L);
  Journal *j = check_journal(L);
  const char *run = check_text(L, 2), *state = check_text(L, 3);
  Job *job = job_new(L, j, "state");
  job->text[0] = copy(L, run);
  job->text[1] = copy(L, state);
  return job_run(L, task, job, run_state, NULL);
}

static bool run_runs(Job *job) {
  return ifx_journal_runs(job->journal->core, &job->runs, &job->err);
}

static int journal_runs(lua_State *L) {
  Task *task = ifx_check_task(L);
  Job *job = job_new(L, check_journal(L), "runs");
  return job_run(L, task, job, run_runs, push_runs);
}

static bool run_run(Job *job) {
  return ifx_journal_run(job->journal->core, job->text[0], &job->runs, &job->err);
}

static int journal_run(lua_State *L) {
  Task *task = ifx_check_task(L);
  Journal *j = check_journal(L);
  const char *id = check_text(L, 2);
  Job *job = job_new(L, j, "run");
  job->text[0] = copy(L, id);
  return job_run(L, task, job, run_run, push_run);
}

static bool run_entries(Job *job) {
  return ifx_journal_entries(job->journal->core, job->text[0], &job->entries, &job->err);
}

static int journal_entries(lua_State *L) {
  Task *task = ifx_check_task(L);
  Journal *j = check_journal(L);
  const char *run = check_text(L, 2);
  Job *job = job_new(L, j, "entries");
  job->text[0] = copy(L, run);
  return job_run(L, task, job, run_entries, push_entries);
}

static bool run_open(Job *job) {
  job->journal->core = ifx_journal_open(job->text[0], job->busy_ms, &job->err);
  return job->journal->core != NULL;
}

static int push_opened(lua_State *L, Job *job) {
  (void)job;
  lua_pushvalue(L, 3);
  return 1;
}

static int journal_open(lua_State *L) {
  Task *task = ifx_check_task(L);
  const char *path = check_text(L, 1);
  double timeout = ifx_field_number(L, 2, "timeout", 5);
  if (!(timeout >= 0 && timeout <= 3600))
    return ifx_raise_argument(L, 2, "field 'timeout': seconds from 0 to 3600 expected, got %g",
                              timeout);
  lua_settop(L, 2);
  Journal **box = lua_newuserdatauv(L, sizeof *box, 0); /* at index 3, see push_opened */
  *box = NULL;
  luaL_setmetatable(L, JOURNAL_META);
  Journal *j = *box = calloc(1, sizeof *j);
  if (!j) return raise_nomem(L);
  j->refs = 1;
  Job *job = job_new(L, j, "open");
  job->text[0] = copy(L, path);
  job->busy_ms = (int)(timeout * 1000);
  return job_run(L, task, job, run_open, push_opened);
}

static const luaL_Reg functions[] = {{"open", journal_open}, {NULL, NULL}};
static const luaL_Reg methods[] = {{"begin_run", journal_begin_run},
                                   {"record", journal_record},
                                   {"state", journal_state},
                                   {"runs", journal_runs},
                                   {"run", journal_run},
                                   {"entries", journal_entries},
                                   {"close", journal_close},
                                   {NULL, NULL}};
static const luaL_Reg journal_meta[] = {
    {"__gc", journal_close}, {"__close", journal_close}, {NULL, NULL}};
static const luaL_Reg job_meta[] = {{"__gc", job_close}, {"__close", job_close}, {NULL, NULL}};

int luaopen_journal(lua_State *L) {
  luaL_newmetatable(L, JOB_META);
  luaL_setfuncs(L, job_meta, 0);
  luaL_newmetatable(L, JOURNAL_META);
  luaL_setfuncs(L, journal_meta, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  luaL_newlib(L, functions);
  return 1;
}
