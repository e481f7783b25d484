/// The batch script of an agent: takes the program from the namenode's HTTP port where the host has none, and passes on Slurm's signals.
struct SlurmScript: Hashable, Sendable {
    var uri: String
    var user: String
    /// Where the namenode serves its own program, `host:port`.
    var http: String
    /// Taken where it exists and is the same as the namenode's.
    var program: String
    /// Of `hfs agent`.
    var arguments: [String]

    var text: String {
        """
        #!/bin/sh
        # One agent of hfs. No secrets are in here: what jobs keep secret the agent reads from the filesystem.
        set -u
        export HFS_URI=\(Self.quoted(uri)) HFS_USER=\(Self.quoted(user))
        from=http://\(http)
        folder=$(mktemp -d) || exit 1
        trap 'rm -rf "$folder"' EXIT
        fetch() {
            if command -v curl >/dev/null; then curl -fsS "$1" -o "$2"; else wget -qO "$2" "$1"; fi
        }
        fetch "$from/hfs.sha256" "$folder/sum" || { echo "no namenode at $from" >&2; exit 1; }
        sum() { sha256sum <"$1" | cut -d' ' -f1; }
        hfs=\(Self.quoted(program))
        if ! [ -x "$hfs" ] || [ "$(sum "$hfs")" != "$(cat "$folder/sum")" ]; then
            hfs=$folder/hfs part=0
            : >"$hfs"
            while fetch "$from/hfs?part=$part" "$folder/part" && [ -s "$folder/part" ]; do
                cat "$folder/part" >>"$hfs"
                part=$((part + 1))
            done
            [ "$(sum "$hfs")" = "$(cat "$folder/sum")" ] || { echo "hfs from $from is not what its checksum says" >&2; exit 1; }
            chmod 700 "$hfs"
        fi
        "$hfs" agent \(arguments.map(Self.quoted).joined(separator: " ")) &
        agent=$!
        # Slurm warns before the time limit, and ends the job with SIGTERM.
        trap 'kill -USR1 "$agent"' USR1
        trap 'kill -TERM "$agent"' TERM INT
        while kill -0 "$agent" 2>/dev/null; do wait "$agent"; code=$?; done
        exit "${code:-0}"

        """
    }

    /// As a shell reads it back.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
