#!/usr/bin/env bash
# Builds the native part of @tensorflow/tfjs-node from its own source against the TensorFlow of a Python, for machines
# that cannot reach the server from which its install script takes it. Needed by no user and by no test.
#
#   scripts/build-tfjs-node.sh <folder> <python>     e.g. scripts/build-tfjs-node.sh /tmp/tfjs .venv/bin/python
#   NODE_PATH=<folder>/node_modules greenbench detect
#
# Needs g++ and Node's headers (beside node, or in NODE_INCLUDE). Made with tfjs-node 4.22.0, tensorflow-cpu 2.21 of pip,
# g++ 12 and Node 20: the binding's C API is part of pip's libtensorflow_cc, so that nothing else has to be built.
set -euo pipefail
folder=$1
python=$2
version=4.22.0
include=${NODE_INCLUDE:-$(dirname "$(dirname "$(command -v node)")")/include/node}

mkdir -p "$folder"
cd "$folder"
[ -f package.json ] || echo '{ "private": true }' >package.json
npm install --ignore-scripts --no-save "@tensorflow/tfjs-node@$version"

tensorflow=$("$python" -c 'import importlib.util as u; print(u.find_spec("tensorflow").submodule_search_locations[0])')
package=node_modules/@tensorflow/tfjs-node
out=$package/lib/napi-v8
mkdir -p "$out"
for source in tfjs_backend tfjs_binding; do
  g++ -O2 -fPIC -std=c++17 -DNAPI_VERSION=8 -I"$include" -I"$tensorflow/include" -I"$package" \
    -c "$package/binding/$source.cc" -o "$out/$source.o"
done
g++ -shared -o "$out/tfjs_binding.node" "$out"/*.o -L"$tensorflow" -Wl,-rpath,"$tensorflow" \
  -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2
rm "$out"/*.o
