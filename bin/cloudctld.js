#!/usr/bin/env node
'use strict';

import('../dist/daemon/cloudctld.mjs').then(({ start }) => start(process));
