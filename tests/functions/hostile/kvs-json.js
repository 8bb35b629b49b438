// A value parsed for ever; ends: over-compute or over-memory
import cf from 'cloudfront';
async function handler(event) {
    var kvs = cf.kvs();
    for (;;) await kvs.get('json', { format: 'json' });
}
