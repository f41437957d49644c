// Package floor is the factory floor: lines of stations that hold cards under
// limits that cannot be broken.
//
// A card travels from a queue (the backlog) through stations done by people
// (work) and by machines (pipeline, deploy) to done, which means that it runs
// for users. Three things move it, and all end in one [Service] transaction
// that first takes the line's row, so that two of them never race:
//
//   - a person or agent pulls it ([Service.Pull]) or moves it ([Service.Move]);
//   - its commits arrive, a run ends, a deployment proceeds: the card becomes
//     ready for a station ([Service.Linked], [Service.Ran], [Service.Deploying],
//     [Service.Deployed]) and enters as soon as there is room;
//   - another card leaves, and the first card that is ready takes the place.
//
// What does not fit is refused with a [Refusal]: which limit, who holds it,
// and which card most needs help instead. Pulling a station's cord stops
// everything from entering it until the cord is released.
package floor
