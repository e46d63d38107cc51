"""Detail analysis of people in the pictures: poses, faces, and how often."""
