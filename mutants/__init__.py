"""Tests of the rules' tests: small changes in policies/, one at a time, and whether a test notices."""
