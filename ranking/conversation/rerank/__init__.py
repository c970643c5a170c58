"""Second looks at the best of a ranking: dearer scores for few items, blended with the first ranking's."""
