# Glenoid: sets up, builds, tries, tests and installs. `make` alone lists what there is.

SWIFT      ?= swift
PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR    ?=
# DICOM files for `make demo` instead of the phantom that ships.
RADIOGRAPHS ?=
# Only tests whose name matches, for `make test`.
FILTER     ?=
# A Python with PyTorch, timm and Keras, with which some tests compare; they say so when there is none.
GLENOID_PEERS ?= $(wildcard $(HOME)/.cache/glenoid-peers/bin/python)
export GLENOID_PEERS

BUILD  := .build/release
# The program that is installed carries the Swift runtime, so that its machine needs no toolchain.
STATIC := .build/static
UNITS  := $(PREFIX)/lib

# Debian 12 packages: to build; on top of that to run the demo; on top of that to run the tests.
PACKAGES_BUILD := binutils gcc git libc6-dev libcurl4 libncurses6 libstdc++-12-dev libxml2 pkg-config tzdata zlib1g-dev \
	libdcmtk-dev libhdf5-dev libopenblas-dev libopenjp2-7-dev libpng-dev libsqlite3-dev libssl-dev \
	libsystemd-dev libturbojpeg0-dev libxgboost-dev libzip-dev
PACKAGES_DEMO  := dcmtk default-jre-headless dicom3tools jq libpixelmed-java
PACKAGES_TEST  := gcc-aarch64-linux-gnu libc6-dev-arm64-cross openjph-tools procps python3 qemu-user strace systemd

# Where data and starting weights of the shipped model lie, and where `make model` writes it.
GLENOID_SHARED ?= ../shared
MODEL          ?= .build/models/shoulder-implant
# Where the finished folds of its cross-validation lie; another folder to repeat them.
FOLDS          ?= docs/cross-validation/folds

.DEFAULT_GOAL := help
.PHONY: help setup setup-demo setup-test build static demo test test-neon lint format fuzz bench bench-training \
	bench-preparation bench-end-to-end model cross-validation install \
	uninstall clean crash soak sabotage \
	sanitize-address sanitize-undefined sanitize-thread

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install with apt what building needs and this machine lacks; check the Swift toolchain.
	@.ci/packages $(PACKAGES_BUILD)
	@.ci/toolchain $(SWIFT)

setup-demo: setup
	@.ci/packages $(PACKAGES_DEMO)

setup-test: setup-demo
	@.ci/packages $(PACKAGES_TEST)

build: setup ## Build the program (release) as .build/release/glenoid.
	$(SWIFT) build --configuration release --product glenoid

demo: setup-demo build ## Push a radiograph to a daemon and show the report it answers with (RADIOGRAPHS=DIR: yours).
	Tests/Demo/demo.sh $(BUILD)/glenoid $(if $(RADIOGRAPHS),'$(RADIOGRAPHS)')

# In release: the kernels' tests take minutes otherwise, and what is tested is what is shipped.
test: setup-test ## Build everything and run every test (FILTER=REGEX: only some).
	$(SWIFT) build --configuration release --build-tests
ifdef FILTER
	$(SWIFT) test --configuration release --skip-build --no-parallel --filter '$(FILTER)'
else
	$(SWIFT) test --configuration release --skip-build --skip 'GlenoidTests|SimulationTests'
	@# By itself: it keeps every core busy for minutes.
	$(SWIFT) test --configuration release --skip-build --filter SimulationTests
	@# One at a time: each starts a daemon and peers of its own, and waits for them.
	$(SWIFT) test --configuration release --skip-build --no-parallel --filter GlenoidTests
endif

test-neon: setup-test ## Run the kernels' tests for AArch64 under qemu (part of `make test`).
	Tests/KernelTwins/run-neon

lint: setup ## Check the formatting rules.
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

format: setup ## Apply the formatting rules.
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests

fuzz: setup-test ## Fuzz the input side, DCMTK and OpenJPEG from source (FUZZ_SECONDS=3600 for each target).
	@.ci/packages dpkg-dev
	FUZZ_LIBRARIES=$(or $(FUZZ_LIBRARIES),source) Tests/Fuzz/run $(or $(FUZZ_SECONDS),3600)

crash: setup-test ## Kill the daemon 200 times at random and at every step, push malformed files; figures go into docs/RELIABILITY.md (CRASH_KILLS=N).
	$(SWIFT) build --configuration release --build-tests
	RELIABILITY_FIGURES=1 CRASH_KILLS=$(or $(CRASH_KILLS),200) $(SWIFT) test --configuration release --skip-build \
		--no-parallel --filter 'randomKills|everyFaultPoint|CorpusPushTests'

soak: setup-test ## Push 20,000 images, and 10,000 while the destination is down; figures go into docs/RELIABILITY.md (SOAK_IMAGES=N, BACKLOG_IMAGES=N).
	$(SWIFT) build --configuration release --build-tests
	RELIABILITY_FIGURES=1 SOAK_IMAGES=$(or $(SOAK_IMAGES),20000) BACKLOG_IMAGES=$(or $(BACKLOG_IMAGES),10000) \
		$(SWIFT) test --configuration release --skip-build --no-parallel --filter 'SoakTests|BacklogTests'

sabotage: setup-test ## Take each protection out in turn; some test must notice (SABOTAGE='name ...': only these).
	Tests/Sabotage/run $(SABOTAGE)

# The rooms that hold foreign bytes and threads, each with a build of its own beside the usual one. Leaks are not looked
# for: Swift's runtime keeps what it has made once. `make soak` looks for growth instead.
define sanitized
	$(SWIFT) build --build-tests $(2) --scratch-path .build/sanitize-$(1)
	ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 $(SWIFT) test --skip-build --no-parallel $(2) \
		--scratch-path .build/sanitize-$(1) --filter 'WorkQueueTests|DaemonTests|DicomTests'
endef

# Swift has no such sanitizer on Linux: it traps on overflow and on bounds by itself. This is for the C and C++ beside it; the
# first finding ends the tests. Not for what compares types across libraries that were built without it.
UNDEFINED := -fsanitize=undefined -fno-sanitize=vptr,function -fno-sanitize-recover=undefined

sanitize-address: setup-test ## Run the tests of queue, daemon and network with the address sanitizer.
	$(call sanitized,address,--sanitize address)

sanitize-undefined: setup-test ## The same with the undefined-behaviour sanitizer, for C and C++.
	$(call sanitized,undefined,$(foreach flag,$(UNDEFINED),-Xcc $(flag) -Xcxx $(flag)) \
		-Xswiftc -Xclang-linker -Xswiftc -fsanitize=undefined)

sanitize-thread: setup-test ## The same with the thread sanitizer.
	@# Sources/Locks: a lock that the sanitizer understands.
	$(call sanitized,thread,--sanitize thread -Xswiftc -DTHREAD_SANITIZER)

bench-preparation: build setup-demo ## Time the way from a file to the network's input against pydicom and Pillow.
	-Tests/Benchmarks/preparation.py $(BUILD)/glenoid '$(GLENOID_PEERS)' '$(GLENOID_SHARED)' \
		--page docs/PERFORMANCE-PREPARATION.md

bench-end-to-end: build setup-demo ## Time the running service beside storescp and a Python service.
	$(or $(GLENOID_PEERS),python3) Tests/Benchmarks/end_to_end.py $(BUILD)/glenoid '$(GLENOID_SHARED)/tools/peers' \
		--page docs/PERFORMANCE-END-TO-END.md

bench: build bench-preparation bench-end-to-end ## Time preparation, service and engine beside their peers (GLENOID_PEERS); writes docs/PERFORMANCE*.md.
ifeq ($(GLENOID_PEERS),)
	@echo "GLENOID_PEERS is not set: the shipped model alone"
	$(BUILD)/glenoid model benchmark conf/models/shoulder-implant --phases
else
	$(GLENOID_PEERS) Tests/Benchmarks/inference.py $(BUILD)/glenoid --document docs/PERFORMANCE.md
endif

bench-training: build ## Time a training step beside PyTorch (GLENOID_PEERS).
	$(GLENOID_PEERS) Tests/Benchmarks/training.py $(BUILD)/glenoid

# Continues a training that was stopped; the same recipe, data and weights give the same bytes.
model: build ## Train the shipped model from data and starting weights (GLENOID_SHARED=DIR, MODEL=DIR to write).
	$(BUILD)/glenoid train '$(GLENOID_SHARED)/data/shoulder-implants' \
		--base '$(GLENOID_SHARED)/weights/efficientnet-b4-imagenet-partial.safetensors' \
		--initialise blocks.6.1,classifier --recipe conf/training/shoulder-implant.json \
		--labels conf/models/shoulder-implant.labels.json --mirror --half --resume --output '$(MODEL)'
	$(BUILD)/glenoid model calibrate '$(MODEL)' --cross-validation docs/cross-validation/cross-validation.json

# A fold takes two trainings of 20 to 33 minutes on two cores; those that are done are committed with every answer they gave.
cross-validation: build ## Cross-validate that recipe; hours, goes on with the finished folds; the report goes to docs (FOLDS=DIR: anew).
	$(BUILD)/glenoid cross-validate '$(GLENOID_SHARED)/data/shoulder-implants' --folds 10 \
		--base '$(GLENOID_SHARED)/weights/efficientnet-b4-imagenet-partial.safetensors' \
		--initialise blocks.6.1,classifier --recipe conf/training/shoulder-implant.json \
		--labels conf/models/shoulder-implant.labels.json --mirror --baselines \
		--state '$(FOLDS)' --report docs/cross-validation --no-pictures

static: setup ## Build the program that install installs.
	$(SWIFT) build --configuration release --product glenoid --static-swift-stdlib --scratch-path $(STATIC)

# Apart from `static`, since root often has no toolchain on its PATH.
install: ## Install program, model, configuration, units and documentation (PREFIX, SYSCONFDIR, DESTDIR).
	@[ -x $(STATIC)/release/glenoid ] || $(MAKE) static
	install -D -m 0755 $(STATIC)/release/glenoid '$(DESTDIR)$(PREFIX)/bin/glenoid'
	for file in $$(cd conf && find models -type f); do \
		install -D -m 0644 "conf/$$file" "$(DESTDIR)$(PREFIX)/share/glenoid/$$file" || exit 1; done
	@# In the folders that they name each other by.
	for file in README.md CHANGELOG.md LICENSE conf/glenoid.yaml conf/models/*.* \
		$$(find docs -name '*.md' -o -name '*.html' -o -name '*.txt'); do \
		install -D -m 0644 "$$file" "$(DESTDIR)$(PREFIX)/share/doc/glenoid/$$file" || exit 1; done
	install -d '$(DESTDIR)$(UNITS)/systemd/system'
	sed 's,/usr/bin/,$(PREFIX)/bin/,; s,/usr/share/,$(PREFIX)/share/,; s,/etc/glenoid/,$(SYSCONFDIR)/glenoid/,' systemd/glenoid.service \
		> '$(DESTDIR)$(UNITS)/systemd/system/glenoid.service'
	chmod 0644 '$(DESTDIR)$(UNITS)/systemd/system/glenoid.service'
	install -D -m 0644 systemd/glenoid.sysusers '$(DESTDIR)$(UNITS)/sysusers.d/glenoid.conf'
	install -D -m 0644 systemd/glenoid.tmpfiles '$(DESTDIR)$(UNITS)/tmpfiles.d/glenoid.conf'
	@# A configuration that somebody edited stays; the new one is put beside it.
	@edited='$(DESTDIR)$(SYSCONFDIR)/glenoid/glenoid.yaml'; \
	if [ -e "$$edited" ] && ! cmp -s conf/glenoid.yaml "$$edited"; then \
		install -m 0644 conf/glenoid.yaml "$$edited.new"; echo "kept $$edited; the new defaults are in $$edited.new"; \
	else install -D -m 0644 conf/glenoid.yaml "$$edited"; fi
	@[ -n '$(DESTDIR)' ] || echo "Next: systemd-sysusers; systemd-tmpfiles --create; systemctl daemon-reload;" \
		"edit $(SYSCONFDIR)/glenoid/glenoid.yaml; systemctl enable --now glenoid"

uninstall: ## Remove what install put there, but neither configuration nor data.
	rm -f '$(DESTDIR)$(PREFIX)/bin/glenoid' '$(DESTDIR)$(UNITS)/systemd/system/glenoid.service' \
		'$(DESTDIR)$(UNITS)/sysusers.d/glenoid.conf' '$(DESTDIR)$(UNITS)/tmpfiles.d/glenoid.conf'
	rm -rf '$(DESTDIR)$(PREFIX)/share/glenoid' '$(DESTDIR)$(PREFIX)/share/doc/glenoid'
	@echo "kept $(DESTDIR)$(SYSCONFDIR)/glenoid and /var/lib/glenoid"

clean: ## Remove everything that was built.
	rm -rf .build
