"""A step of a pipeline in Spark that knows nothing of runs; run by test_lineage.py: spark_pipeline.py prepare|train FROM TO."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

step, source, target = sys.argv[1:]
spark = (SparkSession.builder.master("local[2]").appName(step).config("spark.driver.memory", "512m")
         .config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1")
         .config("spark.driver.bindAddress", "127.0.0.1").config("spark.sql.shuffle.partitions", "2").getOrCreate())
spark.sparkContext.setLogLevel("ERROR")
if step == "prepare":
    rows = spark.read.csv(source, header=True, inferSchema=True)
    rows.where(F.col(rows.columns[-1]) < 5).repartition(2).write.mode("overwrite").parquet(target)
else:
    rows = spark.read.parquet(source)
    label = rows.columns[-1]
    rows.groupBy(label).agg(*(F.avg(name) for name in rows.columns[:-1])).write.mode("overwrite").parquet(target)
spark.stop()
