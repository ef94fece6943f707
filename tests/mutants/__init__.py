"""Mutation testing of the rules: break the code in one place, and some test must turn red (`make mutants`)."""
