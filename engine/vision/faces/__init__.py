"""Faces on people: found, brought upright, graded, turned into embeddings, and searched for among the known ones."""
