"""Benchmarks and the load they use; not installed. `python -m bench pages` measures the pages."""
