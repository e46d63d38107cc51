"""Wi-Fi CSI nodes: wire protocol, sessions, provisioning and updates.

`frame`, `messages`, `orders` are the wire; `session` is one connection, `hub` all of them (`admission`, `registry`, `collector`, `rates`);
`pairing`, `tokens`, `provisioning`, `serial_port` bring a node in; `firmware`, `rollout` update it; `csi_text`,
`csi_serial` read recordings.
"""
