"""Shared clients for Google Cloud and HTTP, safe under threads, forks, tests and exits."""
