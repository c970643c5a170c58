"""What to show first: interactions, collaborative models, the blend, diversity, evidence and the measures.

Other rooms use `types`, `ranker.Ranker`, `generator.CollaborativeGenerator`, and `build` to train and load.
"""
