"""The console: command line, wiring, main window, pages and dialogs.

- `__main__`, `commands`: the command line. `bootstrap`, `site` (switch interval 1 ms), `app`: wiring, by hand.
- `window`, `pages`, `dialogs`: the screen.
- `bridge`: the engine port for Qt. It takes snapshots 10 or 20 times a second and runs calls on workers. `courier`: engine threads
  never hold a QObject; they ring a `Bell` that writes a byte to a socket that Qt watches.
- `commands_catalogue*`: every action once, for menus, command palette and shortcuts. `preferences`, `undo`, `tour*`, `tray*`, `wall_*`,
  `lock_screen`, `session_end`; `display`: an unattended screen with a token.
"""
