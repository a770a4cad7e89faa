"""Measure models: retrieval across views, the latent space, hidden joints, a detector's errors."""
