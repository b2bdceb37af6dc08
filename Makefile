# One line a goal. Everything is built in the release profile: one build serves all.
DEPECHE := target/release/depeche

.PHONY: build run test lint doc models clean

build:   ; cargo build --release --locked
run:     build ; $(DEPECHE) label corpus/sample --format table
test:    models ; cargo test --release --locked --workspace
lint:    ; cargo fmt --all --check && cargo clippy --release --locked --workspace --all-targets -- -D warnings
doc:     ; RUSTDOCFLAGS="-D warnings" cargo doc --release --locked --workspace --no-deps --document-private-items
models:  build ; $(DEPECHE) models fetch
clean:   ; cargo clean
