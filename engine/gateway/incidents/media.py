"""Media types of clips, by the suffix of their file."""

MEDIA = {".mp4": "video/mp4", ".mov": "video/quicktime", ".webm": "video/webm", ".mkv": "video/x-matroska"}
UNKNOWN = "application/octet-stream"
SUFFIXES = {media: suffix for suffix, media in MEDIA.items()}
