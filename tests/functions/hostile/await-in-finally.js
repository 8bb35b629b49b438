// An endless loop of rejections and finally; ends: over-compute or over-memory
async function handler(event) {
    for (;;) { try { await Promise.reject(1) } catch (e) {} finally { await 1 } }
}
