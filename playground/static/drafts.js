// What people typed and did not send: kept per person, channel and thread, as long as the tab lives.

const name = (viewer, channel, thread) => `draft ${viewer} ${channel} ${thread}`;

export function draft(viewer, channel, thread) {
  const key = name(viewer, channel, thread);
  return {
    read: () => sessionStorage.getItem(key) ?? "",
    write: (text) => (text ? sessionStorage.setItem(key, text) : sessionStorage.removeItem(key)),
  };
}
