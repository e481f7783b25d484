"""Spark writes and reads tables on the cluster; run by test_spark.py: spark_judge.py URI CSV.
Prints a line per judgement."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

uri, digits_csv = sys.argv[1:3]
base = f"{uri}/spark"
spark = (SparkSession.builder.master("local[2]").appName("judge")
         .config("spark.driver.memory", "768m").config("spark.ui.enabled", "false")
         .config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
         .config("spark.sql.shuffle.partitions", "2").config("spark.hadoop.fs.defaultFS", uri)
         .config("spark.eventLog.enabled", "true").config("spark.eventLog.dir", f"{uri}/tmp")
         .config("spark.hadoop.dfs.blocksize", "1048576").config("spark.sql.files.maxPartitionBytes", "4m")
         .getOrCreate())
spark.sparkContext.setLogLevel("ERROR")


def judge(name, correct):
    print(("ok " if correct else "WRONG ") + name, flush=True)


def files(path):
    hadoop = spark._jvm.org.apache.hadoop.fs
    system = hadoop.FileSystem.get(spark._jvm.java.net.URI(uri), spark._jsc.hadoopConfiguration())
    return sorted(str(status.getPath().getName()) for status in system.listStatus(hadoop.Path(path)))


ROWS = 200_000
table = (spark.range(ROWS).withColumn("even", F.col("id") % 2 == 0).withColumn("day", (F.col("id") % 5).cast("int"))
         .withColumn("word", F.concat(F.lit("word"), F.col("id").cast("string"))).repartition(3))
expected = table.agg(F.sum("id"), F.sum(F.hash("id", "word", "day", "even"))).first()


def same(frame):
    frame = frame.withColumn("even", F.col("even").cast("boolean"))  # a partition's column comes back as a string
    return frame.agg(F.sum("id"), F.sum(F.hash("id", "word", "day", "even"))).first() == expected


for kind in ("parquet", "orc"):
    path = f"{base}/{kind}"
    table.write.format(kind).save(path)
    judge(f"{kind}: written and read", same(spark.read.format(kind).load(path)))
    judge(f"{kind}: committed", "_SUCCESS" in files(path) and "_temporary" not in files(path))
    try:
        table.write.format(kind).save(path)
        judge(f"{kind}: an existing table is refused", False)
    except Exception as error:
        judge(f"{kind}: an existing table is refused", "PATH_ALREADY_EXISTS" in str(error))
    table.limit(1000).write.format(kind).mode("append").save(path)
    judge(f"{kind}: appended", spark.read.format(kind).load(path).count() == ROWS + 1000)
    table.write.format(kind).mode("overwrite").save(path)
    judge(f"{kind}: overwritten", same(spark.read.format(kind).load(path)))
    few = spark.read.format(kind).load(path).where("id between 1000 and 1009").select("word").collect()
    judge(f"{kind}: filtered", sorted(row.word for row in few) == [f"word{i}" for i in range(1000, 1010)])
    parts = f"{base}/{kind}-days"
    table.write.format(kind).partitionBy("day", "even").save(parts)
    judge(f"{kind}: partitioned", [name for name in files(parts) if "=" in name] == [f"day={i}" for i in range(5)]
          and same(spark.read.format(kind).load(parts)))
    judge(f"{kind}: pruned", spark.read.format(kind).load(parts).where("day = 3 and even").count() == ROWS // 10)
    spark.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic")
    table.where("day = 3").limit(10).write.format(kind).mode("overwrite").partitionBy("day", "even").save(parts)
    judge(f"{kind}: one partition overwritten", spark.read.format(kind).load(parts).where("day = 3").count() == 10
          and spark.read.format(kind).load(parts).where("day <> 3").count() == ROWS * 4 // 5)
    spark.conf.set("spark.sql.sources.partitionOverwriteMode", "static")

with open(digits_csv) as source:
    lines = source.read().splitlines()
hadoop = spark._jvm.org.apache.hadoop.fs
system = hadoop.FileSystem.get(spark._jvm.java.net.URI(uri), spark._jsc.hadoopConfiguration())
system.copyFromLocalFile(False, True, hadoop.Path("file://" + digits_csv), hadoop.Path(f"{base}/digits.csv"))
digits = spark.read.csv(f"{base}/digits.csv", header=True, inferSchema=True)
label = digits.columns[-1]
judge("csv: rows and columns of the digits",
      (digits.count(), len(digits.columns)) == (len(lines) - 1, lines[0].count(",") + 1))
judge("csv: sum of the labels",
      digits.agg(F.sum(label)).first()[0] == sum(int(line.rsplit(",", 1)[1]) for line in lines[1:]))
digits.write.mode("overwrite").json(f"{base}/digits-json")
judge("json: written and read", spark.read.json(f"{base}/digits-json").count() == len(lines) - 1)
digits.select(F.col(label).cast("string")).write.option("compression", "gzip").text(f"{base}/labels")
judge("text: compressed, read", sum(int(row.value) for row in spark.read.text(f"{base}/labels").collect())
      == digits.agg(F.sum(label)).first()[0])

pairs = spark.sparkContext.parallelize([(i, str(i)) for i in range(1000)], 2)
pairs.saveAsSequenceFile(f"{base}/pairs")
judge("sequence file: written and read", sorted(spark.sparkContext.sequenceFile(f"{base}/pairs").collect())
      == [(i, str(i)) for i in range(1000)])
spark.sparkContext.setCheckpointDir(f"{base}/checkpoints")
judge("checkpointed", table.checkpoint().count() == ROWS)

arriving = f"{base}/arriving"
digits.repartition(4).write.parquet(arriving)


def stream():
    """Takes what is new since the last time, by the checkpoint that lies on the cluster."""
    query = (spark.readStream.schema(digits.schema).parquet(arriving).select(label).writeStream.format("parquet")
             .option("checkpointLocation", f"{base}/stream-state").trigger(availableNow=True).start(f"{base}/streamed"))
    query.awaitTermination()
    return spark.read.parquet(f"{base}/streamed").count()


judge("stream: all rows arrive", stream() == digits.count())
digits.limit(100).write.mode("append").parquet(arriving)
judge("stream: goes on where it was", stream() == digits.count() + 100)
application = spark.sparkContext.applicationId
spark.stop()
print(f"event log of {application}")
print("finished")
