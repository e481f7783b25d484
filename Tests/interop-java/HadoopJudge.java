import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.PrivilegedExceptionAction;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FsShell;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.hdfs.DFSInotifyEventInputStream;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.client.HdfsAdmin;
import org.apache.hadoop.hdfs.client.HdfsDataInputStream;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream;
import org.apache.hadoop.hdfs.inotify.Event;
import org.apache.hadoop.hdfs.inotify.EventBatch;
import org.apache.hadoop.hdfs.protocol.DatanodeInfo;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.util.ToolRunner;

/**
 * Hadoop's own client behind a pipe: one JVM runs many FsShell commands and a few calls of the FileSystem API that
 * FsShell does not make. A request on stdin is: user, count of arguments, arguments, standard input (4-byte lengths before each);
 * an answer on stdout: exit code, standard output, standard error.
 */
public class HadoopJudge {
    private final Configuration configuration = new Configuration();
    private final Map<String, FSDataOutputStream> writers = new HashMap<>();
    private DFSInotifyEventInputStream events;

    public static void main(String[] unused) throws Exception {
        DataInputStream requests = new DataInputStream(System.in);
        DataOutputStream answers = new DataOutputStream(System.out);
        PrintStream standardError = System.err;
        HadoopJudge judge = new HadoopJudge();
        while (true) {
            String user;
            try {
                user = text(requests);
            } catch (EOFException end) {
                System.exit(0);
                return;
            }
            String[] arguments = new String[requests.readInt()];
            for (int i = 0; i < arguments.length; i++) arguments[i] = text(requests);
            System.setIn(new ByteArrayInputStream(bytes(requests)));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            System.setOut(new PrintStream(out, true, "UTF-8"));
            System.setErr(new PrintStream(err, true, "UTF-8"));
            int code = judge.runAs(user, arguments);
            System.out.flush();
            System.err.flush();
            System.setErr(standardError);
            answers.writeInt(code);
            answers.writeInt(out.size());
            out.writeTo(answers);
            answers.writeInt(err.size());
            err.writeTo(answers);
            answers.flush();
        }
    }

    private static byte[] bytes(DataInputStream from) throws Exception {
        byte[] result = new byte[from.readInt()];
        from.readFully(result);
        return result;
    }

    private static String text(DataInputStream from) throws Exception {
        return new String(bytes(from), StandardCharsets.UTF_8);
    }

    private int runAs(String user, String[] arguments) {
        try {
            if (user.isEmpty()) return run(arguments);
            PrivilegedExceptionAction<Integer> action = () -> run(arguments);
            return UserGroupInformation.createRemoteUser(user).doAs(action);
        } catch (Throwable error) {
            error.printStackTrace();
            return 255;
        }
    }

    private int run(String[] arguments) throws Exception {
        if (arguments[0].startsWith("-")) {
            Configuration own = new Configuration(configuration);
            own.setBoolean("fs.hdfs.impl.disable.cache", true); // or -D would not reach a client that exists already
            return ToolRunner.run(own, new FsShell(), arguments);
        }
        DistributedFileSystem files = (DistributedFileSystem) FileSystem.get(configuration);
        Path path = arguments.length > 1 ? new Path(arguments[1]) : null;
        switch (arguments[0]) {
            case "open": // PATH [replication]: a writer that stays open
                short replication = arguments.length > 2 ? Short.parseShort(arguments[2]) : 3;
                writers.put(arguments[1], files.create(path, true, 4096, replication, 1 << 20));
                return 0;
            case "reopen":
                writers.put(arguments[1], files.append(path));
                return 0;
            case "write": // PATH SEED COUNT [FROM]: pseudo-random bytes, from FROM to COUNT
                int from = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 0;
                writers.get(arguments[1]).write(random(arguments[2], arguments[3]), from, Integer.parseInt(arguments[3]) - from);
                return 0;
            case "replicas": // of the block that is being written
                System.out.println(((HdfsDataOutputStream) writers.get(arguments[1])).getCurrentBlockReplication());
                return 0;
            case "hflush":
                writers.get(arguments[1]).hflush();
                return 0;
            case "hsync": // and the length becomes visible in the namenode
                ((HdfsDataOutputStream) writers.get(arguments[1]))
                    .hsync(EnumSet.of(HdfsDataOutputStream.SyncFlag.UPDATE_LENGTH));
                return 0;
            case "close":
                writers.remove(arguments[1]).close();
                return 0;
            case "visible": // what a reader of an open file sees
                try (FSDataInputStream in = files.open(path)) {
                    System.out.println(((HdfsDataInputStream) in).getVisibleLength());
                }
                return 0;
            case "equals": // PATH SEED COUNT: the file's bytes are the writer's
                return equals(files, path, random(arguments[2], arguments[3]));
            case "preads": // PATH SEED COUNT: random ranges, by position and by seek
                return ranges(files, path, random(arguments[2], arguments[3]));
            case "locations":
                RemoteIterator<LocatedFileStatus> listed = files.listLocatedStatus(path);
                while (listed.hasNext()) {
                    LocatedFileStatus status = listed.next();
                    System.out.println(status.getPath().getName() + " " + status.getBlockLocations().length + " "
                        + Arrays.stream(status.getBlockLocations()).mapToInt(b -> names(b).length).min().orElse(0));
                }
                return 0;
            case "rename-over":
                FileContext.getFileContext(configuration).rename(path, new Path(arguments[2]), Options.Rename.OVERWRITE);
                return 0;
            case "create-new":
                files.create(path, files.getFileStatus(new Path("/")).getPermission(), EnumSet.of(CreateFlag.CREATE), 4096,
                    (short) 1, 1 << 20, null).close();
                return 0;
            case "recover-lease":
                System.out.println(files.recoverLease(path) + " " + files.isFileClosed(path));
                return 0;
            case "is-closed":
                System.out.println(files.isFileClosed(path));
                return 0;
            case "datanodes":
                DatanodeInfo[] live = files.getDataNodeStats(HdfsConstants.DatanodeReportType.LIVE);
                System.out.println(live.length);
                return 0;
            case "list-count":
                int count = 0;
                for (RemoteIterator<FileStatus> all = files.listStatusIterator(path); all.hasNext(); all.next()) count++;
                System.out.println(count);
                return 0;
            case "create-many": // DIR COUNT: empty files
                for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
                    files.create(new Path(path, String.format("f%05d", i)), (short) 1).close();
                }
                return 0;
            case "events-begin": // from now on
                events = new HdfsAdmin(files.getUri(), configuration).getInotifyEventStream();
                return 0;
            case "events": // PREFIX COUNT: the next events below it, with their transactions
                return tell(arguments[1], Integer.parseInt(arguments[2]));
            default:
                throw new IllegalArgumentException(arguments[0]);
        }
    }

    private int tell(String prefix, int count) throws Exception {
        for (int told = 0; told < count;) {
            EventBatch batch = events.poll(60, TimeUnit.SECONDS);
            if (batch == null) return 1;
            for (Event event : batch.getEvents()) {
                String text = text(event);
                if (!text.contains(" " + prefix + "/")) continue;
                System.out.println(batch.getTxid() + " " + text);
                told++;
            }
        }
        return 0;
    }

    private static String text(Event event) {
        String type = event.getEventType().toString();
        switch (event.getEventType()) {
            case CREATE:
                Event.CreateEvent create = (Event.CreateEvent) event;
                return String.join(" ", type, create.getPath(), create.getiNodeType().toString(), create.getPerms().toString(),
                    String.valueOf(create.getReplication()), String.valueOf(create.getOverwrite()));
            case CLOSE:
                Event.CloseEvent close = (Event.CloseEvent) event;
                return String.join(" ", type, close.getPath(), String.valueOf(close.getFileSize()));
            case APPEND:
                return type + " " + ((Event.AppendEvent) event).getPath();
            case RENAME:
                Event.RenameEvent rename = (Event.RenameEvent) event;
                return String.join(" ", type, rename.getSrcPath(), rename.getDstPath());
            case METADATA:
                Event.MetadataUpdateEvent change = (Event.MetadataUpdateEvent) event;
                String what = change.getMetadataType().toString();
                if (change.getPerms() != null) what += " " + change.getPerms();
                if (change.getxAttrs() != null) {
                    what += " " + change.getxAttrs().get(0).getName() + (change.isxAttrsRemoved() ? " removed" : "");
                }
                return String.join(" ", type, change.getPath(), what);
            case UNLINK:
                return type + " " + ((Event.UnlinkEvent) event).getPath();
            default:
                return type;
        }
    }

    private static String[] names(org.apache.hadoop.fs.BlockLocation block) {
        try {
            return block.getNames();
        } catch (java.io.IOException error) {
            throw new java.io.UncheckedIOException(error);
        }
    }

    private static byte[] random(String seed, String count) {
        byte[] result = new byte[Integer.parseInt(count)];
        new Random(Long.parseLong(seed)).nextBytes(result);
        return result;
    }

    private static int equals(FileSystem files, Path path, byte[] expected) throws Exception {
        byte[] read = new byte[expected.length];
        try (FSDataInputStream in = files.open(path)) {
            in.readFully(read);
            if (in.read() != -1) System.out.println("longer than expected");
            else if (!Arrays.equals(read, expected)) System.out.println("other bytes");
            else System.out.println("equal");
        }
        return 0;
    }

    private static int ranges(FileSystem files, Path path, byte[] expected) throws Exception {
        Random random = new Random(7);
        try (FSDataInputStream in = files.open(path)) {
            for (int round = 0; round < 200; round++) {
                int start = random.nextInt(expected.length);
                byte[] read = new byte[random.nextInt(Math.min(expected.length - start, 100_000)) + 1];
                if (round % 2 == 0) in.readFully(start, read);
                else {
                    in.seek(start);
                    in.readFully(read);
                }
                if (!Arrays.equals(read, 0, read.length, expected, start, start + read.length)) {
                    System.out.println("other bytes at " + start + " count " + read.length);
                    return 1;
                }
            }
        }
        System.out.println("equal");
        return 0;
    }
}
