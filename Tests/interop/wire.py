"""A small client of HDFS's wire protocols, written from their public definitions, so that a test can send what no library
would: malformed headers, wrong stamps, repeated call ids."""

import socket
import struct
import uuid

CLIENT_PROTOCOL = "org.apache.hadoop.hdfs.protocol.ClientProtocol"


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value):
    return (value << 1 ^ value >> 63) & ((1 << 64) - 1)


def message(*fields):
    """A protobuf message from (number, value) pairs: int and bool as varint, str and bytes as bytes, a nested message is
    bytes already; None is left out."""
    out = bytearray()
    for number, value in fields:
        if value is None:
            continue
        if isinstance(value, (bool, int)):
            out += varint(number << 3) + varint(int(value))
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return bytes(out)


def delimited(data):
    return varint(len(data)) + data


class Fields(dict):
    """A parsed message: number -> list of values."""

    def one(self, number, default=None):
        return self.get(number, [default])[0]

    def text(self, number, default=""):
        value = self.one(number)
        return default if value is None else value.decode()

    def nested(self, number):
        value = self.one(number)
        return None if value is None else parse(value)


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def parse(data):
    fields, at = Fields(), 0
    while at < len(data):
        tag, at = read_varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = read_varint(data, at)
        elif kind == 1:
            value, at = struct.unpack_from("<Q", data, at)[0], at + 8
        elif kind == 2:
            length, at = read_varint(data, at)
            value, at = data[at : at + length], at + length
        elif kind == 5:
            value, at = struct.unpack_from("<I", data, at)[0], at + 4
        else:
            raise ValueError(f"wire type {kind}")
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def read_exactly(sock, count):
    data = bytearray()
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise EOFError(f"connection closed after {len(data)} of {count} bytes")
        data += part
    return bytes(data)


class RemoteError(Exception):
    """An exception that the server answered with."""

    def __init__(self, status, java_class, text, detail):
        super().__init__(f"{java_class}: {text}")
        self.is_fatal = status == 2
        self.java_class = java_class
        self.text = text.split("\n")[0]
        self.detail = detail


class Rpc:
    """One connection of Hadoop RPC version 9."""

    def __init__(self, port, user="root", real_user=None, protocol=CLIENT_PROTOCOL, version=9, auth=0, context=True):
        self.protocol = protocol
        self.client_id = uuid.uuid4().bytes
        self.next_call_id = 0
        self.caller_context = None
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.sendall(b"hrpc" + bytes([version, 0, auth]))
        if context and auth == 0:
            self.send_context(user, real_user)

    def send_context(self, user, real_user=None):
        info = message((1, user), (2, real_user)) if user is not None else b""
        self.send(delimited(self.header(-3, -1)) + delimited(message((2, info), (3, self.protocol))))

    def header(self, call_id, retry_count=0, client_id=None):
        return message((1, 2), (2, 0), (3, zigzag(call_id)), (4, self.client_id if client_id is None else client_id),
                       (5, zigzag(retry_count)),
                       (7, None if self.caller_context is None else message((1, self.caller_context))))

    def send(self, frame):
        self.socket.sendall(struct.pack(">I", len(frame)) + frame)

    def send_call(self, method, body=b"", call_id=None, retry_count=0, protocol=None, version=1):
        if call_id is None:
            call_id = self.next_call_id
            self.next_call_id += 1
        request = message((1, method), (2, protocol or self.protocol), (3, version))
        self.send(delimited(self.header(call_id, retry_count)) + delimited(request) + delimited(body))
        return call_id

    def receive(self):
        """Header fields and the bytes behind the header."""
        frame = read_exactly(self.socket, struct.unpack(">I", read_exactly(self.socket, 4))[0])
        length, at = read_varint(frame, 0)
        return parse(frame[at : at + length]), frame[at + length :]

    def result(self):
        header, rest = self.receive()
        if header.one(2) != 0:
            raise RemoteError(header.one(2), header.text(4), header.text(5), header.one(6))
        length, at = read_varint(rest, 0)
        return parse(rest[at : at + length])

    def call(self, method, *fields, **how):
        self.send_call(method, message(*fields), **how)
        return self.result()

    def close(self):
        self.socket.close()


class Transfer:
    """One connection to a datanode's transfer port (version 28)."""

    READ, WRITE, CHECKSUM, COPY = 81, 80, 85, 84
    NO_TOKEN = message((1, b""), (2, b""), (3, ""), (4, ""))

    def __init__(self, address):
        host, port = address
        self.socket = socket.create_connection((host, port), timeout=60)

    def operation(self, code, body, version=28):
        self.socket.sendall(struct.pack(">HB", version, code) + delimited(body))

    def receive(self):
        length = shift = 0
        while True:
            byte = read_exactly(self.socket, 1)[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        return parse(read_exactly(self.socket, length))

    def packet(self):
        """(header fields, checksums, data) of the next packet."""
        total, header_length = struct.unpack(">IH", read_exactly(self.socket, 6))
        header = parse(read_exactly(self.socket, header_length))
        body = read_exactly(self.socket, total - 4)
        size = header.one(4)
        return header, body[: len(body) - size], body[len(body) - size :]

    def read_block(self, block, offset, length, send_checksums=None):
        header = message((1, message((1, block), (2, self.NO_TOKEN))), (2, "probe"))
        self.operation(self.READ, message((1, header), (2, offset), (3, length), (4, send_checksums)))
        return self.receive()

    def close(self):
        self.socket.close()


def block_fields(pool, block_id, stamp, length=None):
    return message((1, pool), (2, block_id), (3, stamp), (4, length))
