# One line a target; deploy/ holds what they run. BUILD: where build products go (default: a cache outside the repository).
BUILD ?= $(or $(HFS_BUILD_DIR),$(HOME)/.cache/hfs/build)
SWIFT_FLAGS = --scratch-path $(BUILD)

.PHONY: build test test-metastore tidy format lint bench bench-startup bench-find bench-trace bench-peer fuzz crash interop interop-java interop-torch interop-slurm demo
.PHONY: build test test-metastore tidy format lint bench bench-startup bench-peer fuzz crash crash-provenance interop interop-java demo
.PHONY: build test test-metastore tidy format lint bench bench-startup bench-peer bench-provenance fuzz crash crash-provenance interop interop-java demo
.PHONY: build test test-metastore tidy format lint bench bench-startup bench-find bench-trace bench-peer fuzz crash interop interop-java static demo
.PHONY: build test test-metastore tidy format lint bench bench-startup bench-peer fuzz crash crash-provenance interop interop-java static demo
.PHONY: build test test-metastore tidy format lint bench bench-startup bench-peer bench-provenance fuzz crash crash-provenance interop interop-java static demo
build:        ; swift build $(SWIFT_FLAGS)
test:         ; ./deploy/test
test-metastore: ; ./deploy/test-metastore
tidy:         ; swift test $(SWIFT_FLAGS) --filter TidyTests
format:       ; swift format --in-place --parallel $$(./deploy/tools/swift-sources)
lint:         ; swift format lint --strict --parallel $$(./deploy/tools/swift-sources)
bench:        ; ./deploy/bench/run
bench-startup: ; ./deploy/bench/startup
bench-find:   ; ./deploy/bench/find
bench-trace:  ; ./deploy/bench/trace
bench-peer:   ; ./deploy/bench-peer
bench-provenance: ; ./deploy/bench/provenance
fuzz:         ; ./deploy/fuzz
crash:        ; ROUNDS=1000 ./deploy/crash
crash-provenance: ; HFS_KILL_ROUNDS=200 ./deploy/interop -k provenance_kills
interop:      ; ./deploy/interop
interop-java: ; ./deploy/interop-java
interop-torch: ; ./deploy/interop-torch
static:       ; ./deploy/static-check
interop-slurm: ; ./deploy/interop-slurm
demo:         ; ./deploy/quickstart
