"""Alembic's folder: each version of the tables is a file in `versions`."""
