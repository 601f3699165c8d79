"""Runs: the files of a trained or imported model, and reading and writing them."""
