"""Labels, marks and notices: what is said about something."""
