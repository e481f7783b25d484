import GRDB

/// The tables of the graph. A change of them is a further migration, never an edit of one that was released.
enum GraphSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-graph") { database in try database.execute(sql: graph) }
        migrator.registerMigration("2-search") { database in
            // Rows are inodes and runs: both are numbered from one sequence.
            try database.execute(
                sql: "CREATE VIRTUAL TABLE search USING fts5(name, text, tokenize = 'unicode61')")
        }
        return migrator
    }

    private static let graph = """
        CREATE TABLE position (
          id INTEGER PRIMARY KEY CHECK (id = 1), next_lsn INTEGER NOT NULL, lsn INTEGER NOT NULL, entry INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE entry (
          inode INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name TEXT NOT NULL, is_directory INTEGER NOT NULL,
          kind TEXT, version INTEGER NOT NULL, created_ms INTEGER NOT NULL, created_run INTEGER,
          created_agent TEXT NOT NULL, deleted_lsn INTEGER NOT NULL, deleted_ms INTEGER NOT NULL, deleted_run INTEGER,
          deleted_agent TEXT NOT NULL, replaces INTEGER, replaced_by INTEGER, last_read_ms INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX entry_place ON entry(parent, name, deleted_lsn);
        CREATE INDEX entry_deleted_run ON entry(deleted_run) WHERE deleted_run IS NOT NULL;
        CREATE TABLE version (
          inode INTEGER NOT NULL, version INTEGER NOT NULL, run INTEGER, agent TEXT NOT NULL, inputs INTEGER NOT NULL,
          lsn INTEGER NOT NULL, time_ms INTEGER NOT NULL, length INTEGER NOT NULL, modified_ms INTEGER NOT NULL,
          checksum INTEGER, owner_inode INTEGER, owner_version INTEGER, is_sealed INTEGER NOT NULL,
          PRIMARY KEY (inode, version)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX version_run ON version(run, owner_inode, inputs, inode, version) WHERE run IS NOT NULL;
        CREATE TABLE run (
          id INTEGER PRIMARY KEY, parent INTEGER, name TEXT NOT NULL, kind TEXT NOT NULL, user TEXT NOT NULL,
          project TEXT NOT NULL, command TEXT NOT NULL, host TEXT NOT NULL, started_ms INTEGER NOT NULL,
          ended_ms INTEGER NOT NULL, state INTEGER NOT NULL, exit_code INTEGER, inputs INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX run_parent ON run(parent) WHERE parent IS NOT NULL;
        CREATE TABLE input (
          run INTEGER NOT NULL, number INTEGER NOT NULL, inode INTEGER NOT NULL, version INTEGER NOT NULL,
          time_ms INTEGER NOT NULL, PRIMARY KEY (run, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX input_artifact ON input(inode, version, run, number);
        CREATE TABLE access (
          inode INTEGER NOT NULL, version INTEGER NOT NULL, run INTEGER NOT NULL, is_read INTEGER NOT NULL,
          first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, PRIMARY KEY (inode, version, run)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX access_run ON access(run);
        CREATE TABLE derived (
          output_inode INTEGER NOT NULL, output_version INTEGER NOT NULL, input_inode INTEGER NOT NULL,
          input_version INTEGER NOT NULL, PRIMARY KEY (output_inode, output_version, input_inode, input_version)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX derived_input ON derived(input_inode, input_version, output_inode, output_version);
        CREATE TABLE attribute (
          inode INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (inode, name)
        ) STRICT, WITHOUT ROWID;
        """
}
