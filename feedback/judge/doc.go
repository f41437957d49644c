// Package judge says, while users meet two revisions, whether the new one is
// worse, as good, or not yet known.
//
// One [Trial] weighs one exposure. It may be asked after every second, because
// its evidence is always valid: the chance that a canary no worse than the
// stable revision is ever called bad stays below alpha however often one looks.
// The question it asks is this: a user was hurt; on which arm? If the canary is
// no worse, the answer is "the canary" with the probability of the canary's
// share of the users, whatever the load, the hour, or an incident that both
// arms share. That is why no number for a normal error rate is needed.
//
//   - [Comparison] bets that the canary hurts rho times as many, for 24 values
//     of rho at once, and takes new bets from time to time for a canary that
//     turns bad late. Its gain E against fair odds is the evidence for bad.
//   - [Assurance] bets the reverse: that the canary is equal, against its being
//     1.5 times as bad. Its gain lets a good canary finish early.
//   - [Target] is Wald's test against an objective, when there is one. It is
//     the only evidence when nobody is hurt at all.
//
// The unit counted is the unit that was randomised: with sticky routing it is
// users, and one user with a hundred errors weighs as one. Requests are counted
// only when the source knows no users.
//
// [Monitor] asks a [Source] about each watched exposure every second, keeps a
// quarter of an hour of points for charts, and tells a [Sink].
//
// Sources: Wald 1945; Robbins 1970; Johari, Pekelis and Walsh 2022; Lindon and
// Malek, NeurIPS 2022 (arXiv 2011.03567); Ramdas, Grünwald, Vovk and Shafer,
// Statistical Science 2023.
package judge
