#!/usr/bin/env node
'use strict';
const { join } = require('node:path');
const { start } = require('../dist/cloudctl.js');

const programs = {
  cloudctl: __filename,
  sandbox: join(__dirname, 'cloudctl-sandbox.js'),
  daemon: join(__dirname, 'cloudctld.js'),
};
start(process, programs, join(__dirname, '../dist'));
