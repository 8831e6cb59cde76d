# Two commands for newcomers: `make demo`, `make test`. Thin: everything else is CMake and ctest.
BUILD ?= build

.PHONY: demo test test-real test-browser build deps sanitize fuzz differential bench lint reference clean

demo: deps build
	@bash scripts/demo.sh $(BUILD)/ifx

test: deps build
	@bash scripts/test.sh $(BUILD) -LE 'peers|browser'

# Against the real Flux and Argo CD, built once from Go modules into ~/.cache/ifx-peers; pending where they cannot be.
test-real: deps build
	@bash scripts/deps.sh peers
	@bash tests/real/peers/cache.sh build || [ $$? -eq 77 ]
	@bash scripts/test.sh $(BUILD) -L peers

# Pages in a headless Chromium; pending where none can be installed.
test-browser: build
	@bash scripts/deps.sh browser || true
	@bash scripts/test.sh $(BUILD) -L browser -V

build:
	@cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=Release >/dev/null
	@ninja -C $(BUILD)

# Says what it will install, then installs it with apt (and sudo where needed). Nothing missing: says nothing.
deps:
	@bash scripts/deps.sh build test

# The whole suite under the address and undefined-behaviour sanitizers.
sanitize: deps
	@cmake -S . -B build-sanitize -G Ninja -DCMAKE_BUILD_TYPE=Sanitize >/dev/null
	@ninja -C build-sanitize
	@bash scripts/test.sh build-sanitize -LE 'peers|browser'

# Fuzz targets from the kept corpus; SECONDS_EACH=600 for a long run.
fuzz:
	@bash scripts/deps.sh build fuzz
	@bash scripts/fuzz.sh

# Our reader of HCL against HashiCorp's (go), our canonical style against terraform's, on the files below $IFX_REPOS;
# kustomizations made by chance against what kubectl builds.
differential: build
	@bash tests/real/hcl_differential/run.sh $(BUILD)/ifx
	@bash tests/real/build_differential.sh $(BUILD)/ifx

bench: build
	@bash scripts/deps.sh build bench
	@bash bench/run.sh $(BUILD)/ifx

lint:
	@bash scripts/deps.sh build lint
	@bash scripts/lint.sh $(BUILD)

# docs/reference.md out of lua/meta, the schema of layouts out of their reader.
reference: build
	@$(BUILD)/ifx eval "$$(cat scripts/reference.lua)" >docs/reference.md
	@$(BUILD)/ifx eval "$$(cat scripts/layout_schema.lua)" >recipes/layouts/schema.json

clean:
	@rm -rf build build-debug build-sanitize build-fuzz
