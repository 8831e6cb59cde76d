/* yaml_events.c: the bare event loop of libyaml. SPDX-License-Identifier: Apache-2.0 */
#include <yaml.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static size_t count_events(const unsigned char *text, size_t len) {
  yaml_parser_t parser;
  yaml_event_t event;
  size_t events = 0;
  if (!yaml_parser_initialize(&parser)) return 0;
  yaml_parser_set_input_string(&parser, text, len);
  for (int type = YAML_NO_EVENT; type != YAML_STREAM_END_EVENT; events++) {
    if (!yaml_parser_parse(&parser, &event)) {
      events = 0;
      break;
    }
    type = event.type;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  return events;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* yaml_events FILE ROUNDS: the median processor time of one pass, in milliseconds */
int main(int argc, char **argv) {
  FILE *f = argc == 3 ? fopen(argv[1], "rb") : NULL;
  int rounds = argc == 3 ? atoi(argv[2]) : 0;
  static unsigned char text[16 << 20];
  if (!f || rounds < 1) {
    fprintf(stderr, "usage: yaml_events FILE ROUNDS\n");
    return 64;
  }
  size_t len = fread(text, 1, sizeof text, f);
  fclose(f);
  double *times = calloc((size_t)rounds, sizeof *times);
  if (!times) return 1;
  for (int i = 0; i < rounds; i++) {
    clock_t start = clock();
    if (count_events(text, len) == 0) return 1;
    times[i] = (double)(clock() - start) * 1000 / CLOCKS_PER_SEC;
  }
  qsort(times, (size_t)rounds, sizeof *times, compare);
  printf("%.2f\n", times[rounds / 2]);
  free(times);
  return 0;
}
