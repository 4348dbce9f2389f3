"""The tests: unit, integration (both databases), migrations, gui, e2e, architecture, benchmarks."""
