#!/bin/sh
# Stands for a handler's binary: tells the id of its process, and then becomes the binary.
echo $$ >> "$LAMBDA_TASK_ROOT/processes"
. "$LAMBDA_TASK_ROOT/settings"
exec "$BINARY"
