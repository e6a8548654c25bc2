"""Writes records with librdkafka: python kafka-producer.py BROKERS TOPIC CODEC COUNT BYTES."""
import sys

from confluent_kafka import Producer

brokers, topic, codec, count, size = sys.argv[1:]
settings = {'compression.type': codec, 'linger.ms': 50, 'message.max.bytes': 100_000_000}
producer = Producer({'bootstrap.servers': brokers, **settings})
for at in range(int(count)):
    headers = [('traceparent', f'00-{at}'), ('tracestate', 'vendor=ü'), ('traceparent', 'second')]
    producer.produce(topic, value='v' * int(size), key=f'key {at}', headers=headers, partition=0)
if producer.flush(60) > 0:
    sys.exit('not all records were stored')
