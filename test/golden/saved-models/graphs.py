"""SavedModels of TensorFlow 1: graphs and sessions, several tags, variables in slices and shards, weights as constants."""

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from recorder import ramp

v1 = tf.compat.v1


def variable(name, shape, start=5, **options):
    return v1.get_variable(name, initializer=tf.constant(ramp(shape, start) * 0.5), **options)


def dense(x, units, name, **options):
    with v1.variable_scope(name):
        weight = variable("weight", [int(x.shape[-1]), units], **options)
        return tf.matmul(x, weight) + variable("bias", [units], 2, **options)


def classic(use_resource):
    """A flag that chooses between training and inference, as functions of the time did it."""

    def build():
        is_training = v1.placeholder_with_default(False, [], "is_training")
        x = v1.placeholder(tf.float32, [None, 8, 8, 4], "x")
        kernel = variable("kernel", [3, 3, 4, 6], use_resource=use_resource)
        y = tf.nn.conv2d(x, kernel, 2, "SAME")
        moments = [variable(name, [6], start, use_resource=use_resource, trainable=name in ("gamma", "beta"))
                   for name, start in (("gamma", 1), ("beta", 2), ("mean", 3))]
        spread = v1.get_variable("variance", initializer=tf.constant(abs(ramp([6], 4)) + 0.5), trainable=False, use_resource=use_resource)
        normal = lambda: v1.nn.fused_batch_norm(y, *moments, spread, 0.001, is_training=False)[0]
        batch = lambda: v1.nn.fused_batch_norm(y, moments[0], moments[1], epsilon=0.001, is_training=True)[0]
        y = tf.nn.relu(v1.cond(is_training, batch, normal))
        y = v1.cond(is_training, lambda: tf.nn.dropout(y, rate=0.5), lambda: tf.identity(y))
        y = dense(tf.reshape(y, [-1, 96]), 3, "dense", use_resource=use_resource)
        return {"x": x}, {"y": tf.nn.softmax(y)}

    return build


def partitioned():
    with v1.variable_scope("", partitioner=v1.fixed_size_partitioner(3, axis=0), use_resource=False):
        x = v1.placeholder(tf.float32, [None, 7], "x")
        weight = variable_in_parts("weight", [7, 4])
        wide = variable_in_parts("wide", [200, 4])
        y = tf.matmul(tf.matmul(x, tf.convert_to_tensor(weight)), tf.transpose(tf.convert_to_tensor(wide)))
        return {"x": x}, {"y": y}


def variable_in_parts(name, shape):
    values = ramp(shape, 3)

    def part(sizes, dtype=None, partition_info=None):
        starts = partition_info.var_offset if partition_info else [0] * len(sizes)
        return tf.constant(values[tuple(slice(s, s + n) for s, n in zip(starts, sizes))])

    return v1.get_variable(name, shape, initializer=part)


def sharded():
    x = v1.placeholder(tf.float32, [None, 4], "x")
    with tf.device("/cpu:0"):
        y = dense(x, 5, "first", use_resource=False)
    with tf.device("/cpu:1"):
        return {"x": x}, {"y": dense(tf.nn.relu(y), 3, "second", use_resource=False)}


def saved_graph(recorder, name, build, saver_options=None, **told):
    graph = tf.Graph()
    with graph.as_default(), v1.Session(graph=graph, config=v1.ConfigProto(device_count={"CPU": 2})) as session:
        inputs, outputs = build()
        session.run(v1.global_variables_initializer())
        folder = tempfile.mkdtemp() + "/model"
        builder = v1.saved_model.builder.SavedModelBuilder(folder)
        signature = v1.saved_model.signature_def_utils.predict_signature_def(inputs, outputs)
        saver = None if saver_options is None else v1.train.Saver(**saver_options)
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature}, saver=saver)
        builder.save()
        count = lambda variables: int(sum(np.prod(variable.shape.as_list()) for variable in variables))
        parameters = {"total": count(v1.global_variables()), "trainable": count(v1.trainable_variables())}
    recorder.case(name, tf.saved_model.load(folder).signatures["serving_default"], parameters=parameters, **told)
    recorder.keep(name, folder)
    shutil.rmtree(folder)


def several_tags(recorder):
    """One set of variables, three graphs, one of them with two signatures."""
    folder = tempfile.mkdtemp() + "/model"
    builder = v1.saved_model.builder.SavedModelBuilder(folder)
    predict = v1.saved_model.signature_def_utils.predict_signature_def
    for index, tags in enumerate((["train"], ["serve"], ["serve", "gpu"])):
        graph = tf.Graph()
        with graph.as_default(), v1.Session(graph=graph) as session:
            x = v1.placeholder(tf.float32, [None, 4], "x")
            y = dense(x, 3, "dense", use_resource=True) * float(index + 1)
            session.run(v1.global_variables_initializer())
            signatures = {"serving_default": predict({"x": x}, {"y": y}), "negative": predict({"x": x}, {"y": -y})}
            if index == 0:
                builder.add_meta_graph_and_variables(session, tags, signatures)
            else:
                builder.add_meta_graph(tags, signatures)
    builder.save()
    for tags in (["train"], ["serve"], ["serve", "gpu"]):
        loaded = tf.saved_model.load(folder, tags=tags)
        for signature in ("serving_default", "negative"):
            recorder.case("tags", loaded.signatures[signature], signature, tag=",".join(tags))
    recorder.keep("tags", folder)
    shutil.rmtree(folder)


def frozen(recorder):
    """Weights are constants of the graph; a counter of steps is the only variable."""
    kernel, matrix = tf.Variable(ramp([3, 3, 4, 6])), tf.Variable(ramp([6, 3], 2))

    @tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 4], name="x")])
    def network(x):
        return tf.reduce_mean(tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME")), [1, 2]) @ matrix

    definition = convert_variables_to_constants_v2(network.get_concrete_function()).graph.as_graph_def()
    folder = tempfile.mkdtemp() + "/model"
    with tf.Graph().as_default() as graph, v1.Session(graph=graph) as session:
        v1.train.create_global_step()
        tf.import_graph_def(definition, name="")
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, folder, {"x": graph.get_tensor_by_name("x:0")}, {"y": graph.get_tensor_by_name("Identity:0")})
    concrete = tf.saved_model.load(folder).signatures["serving_default"]
    macs = 8 * 8 * 6 * 3 * 3 * 4 + 6 * 3
    recorder.case("frozen", concrete, parameters={"total": 234, "trainable": 234}, macs=macs)
    recorder.keep("frozen", folder)
    shutil.rmtree(folder)


def old_checkpoint(recorder):
    """A file of the first format of checkpoints: its table is packed with snappy."""
    folder = tempfile.mkdtemp()
    with tf.Graph().as_default() as graph, v1.Session(graph=graph) as session:
        for index in range(12):
            v1.get_variable(f"layer_{index}/weight", initializer=tf.zeros([8]), use_resource=False)
        session.run(v1.global_variables_initializer())
        v1.train.Saver(write_version=v1.train.SaverDef.V1).save(session, os.path.join(folder, "old"), write_meta_graph=False)
    recorder.keep("old_checkpoint", folder)
    shutil.rmtree(folder)


def save_graphs(recorder):
    saved_graph(recorder, "classic_reference", classic(False))
    saved_graph(recorder, "classic_resource", classic(True))
    saved_graph(recorder, "partitioned", partitioned)
    saved_graph(recorder, "sharded", sharded, {"sharded": True})
    several_tags(recorder)
    frozen(recorder)
    old_checkpoint(recorder)
