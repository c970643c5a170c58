"""Comparing the models with other libraries on a ratings data set."""

from ranking.bench.ratings import run_ratings_bench

__all__ = ["run_ratings_bench"]
