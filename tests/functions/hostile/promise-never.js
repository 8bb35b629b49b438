// A handler whose promise never settles; ends: throws Error
async function handler(event) {
    await new Promise(() => {});
    return event.request
}
