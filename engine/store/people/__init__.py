"""People, accounts, audit, chats, cases, handovers."""
