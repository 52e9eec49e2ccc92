"""The cast and the synthetic population of the demo and the tests; not installed in production."""
