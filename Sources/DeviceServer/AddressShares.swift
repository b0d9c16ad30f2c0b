// SPDX-License-Identifier: MIT

// Who holds how many of the places that are few: connections, sockets, event streams. Rule: when all are taken, a
// newcomer from an address that holds fewer takes the youngest place of the address that holds most, if that is
// strictly more than the newcomer's would hold then; so shares only become more equal, and pages cannot throw each
// other out in turn. Every step takes the same time however many places there are: a flood must not buy work.
//
// An IPv4 address is one, an IPv6 network of 64 bits is one (its owner can use any address in it), and all peers
// without an address are one. A firmware may leave all this out (WITHOUT_FAIRNESS).

#if !WITHOUT_FAIRNESS
  /// What counts as one address where something is shared out: an IPv4 address, an IPv6 network of 64 bits, or all
  /// peers without an address.
  public struct AddressHolder: Hashable, Sendable {
    private let peer: RemoteAddress

    /// What a peer counts for: its network, without a port.
    public init(_ remote: RemoteAddress) { peer = remote.network }

    /// One connection of a peer behind which there are many, so that it counts by itself.
    init(single remote: RemoteAddress) { peer = remote }
  }

  /// The places that each address holds, in the order in which they were taken.
  struct AddressShares: Sendable {
    private var numbers: [AddressHolder: Int32] = [:]
    /// By number; those in `free` are nobody's.
    private var holders: [AddressHolder] = []
    private var free: [Int32] = []
    /// By place: the number of its holder, or -1.
    private var owner: [Int32] = []
    /// All places.
    private(set) var held = PlaceOrder()
    /// The places of those that wait for their peer to say something, by when the wait began.
    private(set) var resting = PlaceOrder()
    /// The places of those to which all is said and that wait for their peer's end, by when the wait began.
    private(set) var lingering = PlaceOrder()

    /// The number of an address that holds something.
    func number(of holder: AddressHolder) -> Int32? { numbers[holder] }

    /// The place to take for one more of `holder`, by the rule above.
    func place(for holder: AddressHolder) -> Int? { self.holder(overShareOf: holder).flatMap { held.youngest(of: $0) } }

    /// The address that holds most, if it must give up a place for one more of `holder`.
    func holder(overShareOf holder: AddressHolder) -> Int32? {
      let own = number(of: holder).map { held.count(of: $0) } ?? 0
      guard let most = held.largest, held.count(of: most) > own + 1 else { return nil }
      return most
    }

    mutating func add(_ place: Int, of holder: AddressHolder) {
      while owner.count <= place { owner.append(-1) }
      guard owner[place] < 0 else { return }
      let number = numbers[holder] ?? newNumber(of: holder)
      owner[place] = number
      held.append(Int32(truncatingIfNeeded: place), of: number)
    }

    /// Lets a place that is held count for another address from now on, as its youngest.
    mutating func move(_ place: Int, to holder: AddressHolder) {
      guard let number = owner(of: place), holders[Int(number)] != holder else { return }
      let isResting = resting.contains(Int32(truncatingIfNeeded: place))
      remove(place)
      add(place, of: holder)
      if isResting { rest(place) }
    }

    mutating func remove(_ place: Int) {
      guard let number = owner(of: place) else { return }
      wake(place)
      held.remove(Int32(truncatingIfNeeded: place), of: number)
      owner[place] = -1
      guard held.count(of: number) == 0 else { return }
      numbers[holders[Int(number)]] = nil
      free.append(number)
    }

    /// Notes that a place begins to wait for its peer, anew if it has waited already.
    mutating func rest(_ place: Int) {
      guard let number = owner(of: place) else { return }
      wake(place)
      resting.append(Int32(truncatingIfNeeded: place), of: number)
    }

    /// Notes that a place begins to wait for nothing but its peer's end, if it does not yet.
    ///
    /// - Returns: Whether it begins now.
    mutating func linger(_ place: Int) -> Bool {
      guard let number = owner(of: place), !lingering.contains(Int32(truncatingIfNeeded: place)) else { return false }
      resting.remove(Int32(truncatingIfNeeded: place), of: number)
      lingering.append(Int32(truncatingIfNeeded: place), of: number)
      return true
    }

    /// Notes that a place waits no more.
    mutating func wake(_ place: Int) {
      guard let number = owner(of: place) else { return }
      resting.remove(Int32(truncatingIfNeeded: place), of: number)
      lingering.remove(Int32(truncatingIfNeeded: place), of: number)
    }

    private func owner(of place: Int) -> Int32? {
      guard owner.indices.contains(place), owner[place] >= 0 else { return nil }
      return owner[place]
    }

    private mutating func newNumber(of holder: AddressHolder) -> Int32 {
      let number = free.popLast() ?? Int32(truncatingIfNeeded: holders.count)
      if Int(number) == holders.count { holders.append(holder) } else { holders[Int(number)] = holder }
      numbers[holder] = number
      return number
    }
  }

  /// Places of numbered holders, each holder's in the order of their coming, and the holders by how many they have.
  /// Both are doubly linked lists in arrays.
  struct PlaceOrder: Sendable {
    private struct Link: Sendable {
      private static var unlisted: Int32 { -2 }

      var before = Self.unlisted
      var after: Int32 = -1

      var isListed: Bool { before != Self.unlisted }
    }

    private struct Group: Sendable {
      var oldest: Int32 = -1
      var youngest: Int32 = -1
      var count = 0
      /// Among those with as many.
      var before: Int32 = -1
      var after: Int32 = -1
    }

    private var links: [Link] = []
    private var groups: [Group] = []
    /// By how many places a holder has: those that have so many.
    private var levels: [Level] = [Level()]
    private var most = 0

    /// Holders with the same number of places: first those that had more, the last that came down before the others,
    /// then those that had fewer, in the order in which they came to have so many.
    private struct Level: Sendable {
      var first: Int32 = -1
      var last: Int32 = -1
    }

    /// The holder that has most; of several, the one that had more before, or that has had so many for longest; nil if
    /// there is none at all.
    var largest: Int32? { most > 0 ? levels[most].first : nil }

    func count(of holder: Int32) -> Int { groups.indices.contains(Int(holder)) ? groups[Int(holder)].count : 0 }

    func oldest(of holder: Int32) -> Int? {
      count(of: holder) > 0 ? Int(groups[Int(holder)].oldest) : nil
    }

    func youngest(of holder: Int32) -> Int? {
      count(of: holder) > 0 ? Int(groups[Int(holder)].youngest) : nil
    }

    func contains(_ place: Int32) -> Bool { links.indices.contains(Int(place)) && links[Int(place)].isListed }

    mutating func append(_ place: Int32, of holder: Int32) {
      while links.count <= Int(place) { links.append(Link()) }
      while groups.count <= Int(holder) { groups.append(Group()) }
      let last = groups[Int(holder)].youngest
      links[Int(place)] = Link(before: last)
      if last >= 0 { links[Int(last)].after = place } else { groups[Int(holder)].oldest = place }
      groups[Int(holder)].youngest = place
      change(holder, by: 1)
    }

    /// Takes a place out of its holder's; one that is not among them stays out.
    mutating func remove(_ place: Int32, of holder: Int32) {
      guard contains(place) else { return }
      let (before, after) = (links[Int(place)].before, links[Int(place)].after)
      if before >= 0 { links[Int(before)].after = after } else { groups[Int(holder)].oldest = after }
      if after >= 0 { links[Int(after)].before = before } else { groups[Int(holder)].youngest = before }
      links[Int(place)] = Link()
      change(holder, by: -1)
    }

    private mutating func change(_ holder: Int32, by step: Int) {
      let old = groups[Int(holder)].count
      if old > 0 { unlist(holder, old) }
      groups[Int(holder)].count = old + step
      if old + step > 0 { list(holder, old + step, first: step < 0) }
      most = max(most, old + step)
      if levels[most].first < 0, most > 0 { most -= 1 }  // it had most alone: one less is what it has now
    }

    private mutating func list(_ holder: Int32, _ count: Int, first: Bool) {
      if levels.count == count { levels.append(Level()) }
      let (before, after) = first ? (-1, levels[count].first) : (levels[count].last, -1)
      groups[Int(holder)].before = before
      groups[Int(holder)].after = after
      if before >= 0 { groups[Int(before)].after = holder } else { levels[count].first = holder }
      if after >= 0 { groups[Int(after)].before = holder } else { levels[count].last = holder }
    }

    private mutating func unlist(_ holder: Int32, _ count: Int) {
      let (before, after) = (groups[Int(holder)].before, groups[Int(holder)].after)
      if before >= 0 { groups[Int(before)].after = after } else { levels[count].first = after }
      if after >= 0 { groups[Int(after)].before = before } else { levels[count].last = before }
    }
  }
#endif
