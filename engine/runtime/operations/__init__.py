"""Operations: the commands and questions of a session, each registered once with its handler, scope, audit and undo."""
