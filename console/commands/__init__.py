"""The commands of `watchroom`. None of them needs Qt, except where it says so."""
