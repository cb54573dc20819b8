"""How the shipped weights are made. Needs the extra `[sentence-transformers]`."""
