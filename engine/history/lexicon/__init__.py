"""Words of questions: spelling, tokens, tables of words and phrases."""
