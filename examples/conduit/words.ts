// What the seed is made of.

export const names = [
  'Amara Osei',
  'Bilal Haddad',
  'Carmen Ibarra',
  'Dmitri Volkov',
  'Elif Aydin',
  'Farah Nouri',
  'Goran Petrov',
  'Hana Sato',
  'Imre Kovacs',
  'Jonas Weber',
  'Katya Melnyk',
  'Liam Byrne',
  'Mei Tanaka',
  'Nadia Rossi',
  'Oskar Lindt',
  'Priya Menon',
  'Quentin Moreau',
  'Rosa Delgado',
  'Sven Halvorsen',
  'Tala Reyes',
  'Umar Farouk',
  'Vera Novak',
  'Wanda Kowal',
  'Xavi Puig',
  'Yara Costa',
  'Zoltan Nagy',
  'Anika Joshi',
  'Bruno Silva',
  'Clara Jansen',
  'Diego Fuentes',
]

export const bios = [
  'NAME keeps bees, two dogs and a changelog.',
  'Backend engineer. Writes here on trains.',
  'Runs a small web shop and everything beneath it.',
  'NAME likes slow food, fast tests and maps on paper.',
  'Teaches databases in the evening, repairs them during the day.',
  'Retired from meetings. NAME answers every comment.',
  'Left a big company for a small harbour town.',
]

interface Subject {
  readonly name: string
  readonly tags: readonly string[]
  readonly fact: string
}

export const subjects: readonly Subject[] = [
  {
    name: 'sourdough bread',
    tags: ['baking', 'kitchen'],
    fact: 'A starter that doubles in four hours is ready, whatever its age. Warm flour helps more than any trick.',
  },
  {
    name: 'database indexes',
    tags: ['databases', 'performance'],
    fact: 'An index is a promise to every write. Before you add one, look whether an old one with another column at its end would do.',
  },
  {
    name: 'night trains',
    tags: ['travel', 'trains'],
    fact: 'Book the lower berth near the middle of the carriage: it is the quietest place, far from both doors and all wheels.',
  },
  {
    name: 'code review',
    tags: ['programming', 'teams'],
    fact: 'The best comments are questions. A reviewer who asks why learns something even when the code was right.',
  },
  {
    name: 'balcony tomatoes',
    tags: ['garden', 'kitchen'],
    fact: 'Water them in the morning, at the root, and always the same amount. Split fruit comes from thirst that ends too suddenly.',
  },
  {
    name: 'unit tests',
    tags: ['programming', 'testing'],
    fact: 'A test that has never failed has not been tried. Break the code once on purpose and see who notices.',
  },
  {
    name: 'winter cycling',
    tags: ['cycling', 'outdoors'],
    fact: 'Two thin pairs of gloves beat one thick pair, and a little less air in the tyres is worth more than studs on most days.',
  },
  {
    name: 'time zones',
    tags: ['programming', 'dates'],
    fact: 'Keep moments as moments and plans as local time with the name of a place. Nearly every mistake mixes the two.',
  },
  {
    name: 'the cello',
    tags: ['music'],
    fact: 'Twenty minutes on every day carry further than two hours on a Sunday, because the left hand forgets over night.',
  },
  {
    name: 'HTTP caching',
    tags: ['web', 'performance'],
    fact: 'A validator costs a round trip and saves a body. Most pages want nothing more than an entity tag and no-cache.',
  },
  {
    name: 'mountain huts',
    tags: ['travel', 'outdoors'],
    fact: 'Arrive before four, carry cash, and bring your own sleeping bag liner. The soup is always better than it looks.',
  },
  {
    name: 'small apartments',
    tags: ['home'],
    fact: 'Everything that stands on legs makes a room larger, and everything that hangs on a door makes it smaller.',
  },
  {
    name: 'error messages',
    tags: ['programming', 'writing'],
    fact: 'Say what was found, what was expected and what to do. If there is room for one of the three only, take the last.',
  },
  {
    name: 'film photography',
    tags: ['photography'],
    fact: 'Expose for the shadows when in doubt. Negative film forgives light that is too much, and never light that is missing.',
  },
  {
    name: 'message queues',
    tags: ['architecture', 'databases'],
    fact: 'Whatever is delivered at least once is delivered twice on the worst day. Make the handler indifferent to it first.',
  },
  {
    name: 'fermented vegetables',
    tags: ['kitchen'],
    fact: 'Two grams of salt for every hundred of cabbage, weighed and not guessed, and nothing may stand above the brine.',
  },
  {
    name: 'type systems',
    tags: ['programming', 'types'],
    fact: 'The types that help most are the ones nobody writes: those that follow from a value that had to be there anyway.',
  },
  {
    name: 'public libraries',
    tags: ['books', 'city'],
    fact: 'Ask for what they do not have. Most of them buy it, and nearly all can borrow it from another town within a week.',
  },
  {
    name: 'remote meetings',
    tags: ['teams'],
    fact: 'Write the decision down while everybody can still see it. What is typed up afterwards is a memory, and memories differ.',
  },
  {
    name: 'old radios',
    tags: ['electronics', 'home'],
    fact: 'Replace the capacitors before you switch it on even once, and do it with a lamp in series: the lamp will tell you the rest.',
  },
]

interface Form {
  readonly title: string
  readonly about: string
  readonly tag: string
  readonly text: string
}

export const forms: readonly Form[] = [
  {
    title: 'A beginner’s week with IT',
    about: 'Seven days, from no idea to a first result.',
    tag: 'beginners',
    text: 'On Monday I knew nothing about IT and by Sunday I knew what I did not know, which is the larger part of it.',
  },
  {
    title: 'What IT taught me about patience',
    about: 'Some things do not get quicker by trying harder.',
    tag: 'essays',
    text: 'I came to IT in a hurry. It took a year until I noticed that the hurry was the thing that kept failing.',
  },
  {
    title: 'Five mistakes with IT',
    about: 'All of them mine, so that they need not be yours.',
    tag: 'lists',
    text: 'Everybody makes mistakes with IT. These five I made twice, so I feel entitled to call them mine.',
  },
  {
    title: 'IT on a budget',
    about: 'Less money than you think, and more time.',
    tag: 'money',
    text: 'People will gladly sell you a great deal for IT. I wrote down what I used after a year, and it fits on a postcard.',
  },
  {
    title: 'IT, ten years later',
    about: 'What has changed and what I would do again.',
    tag: 'essays',
    text: 'My first notes on IT are ten years old this month. Half of them embarrass me, the other half I still follow.',
  },
  {
    title: 'Questions about IT, answered',
    about: 'The ones that came in by mail, in no order.',
    tag: 'questions',
    text: 'Since the last piece on IT the same questions keep arriving. Here are the answers, so that I can send a link.',
  },
  {
    title: 'The quiet side of IT',
    about: 'Nobody talks about this part, so let us.',
    tag: 'essays',
    text: 'Most of what is written about IT is loud. The part that I like happens before anybody else is awake.',
  },
  {
    title: 'A checklist for IT',
    about: 'Print it, put it on the wall, tick it off.',
    tag: 'lists',
    text: 'I forget things, so I have a list for IT. It got shorter every year, which I take for progress.',
  },
  {
    title: 'Why I gave up IT, and came back',
    about: 'A break of two years and what it was good for.',
    tag: 'essays',
    text: 'Two years without IT were easier than I had feared. Coming back was easier still, and for a reason I had not expected.',
  },
  {
    title: 'Tools for IT that last',
    about: 'What is still in use after five years.',
    tag: 'tools',
    text: 'I keep a box of things that I bought for IT and never used again. This is about what is not in the box.',
  },
  {
    title: 'IT for two',
    about: 'How we learned it together without an argument.',
    tag: 'beginners',
    text: 'Learning IT alone is a hobby, learning it together is a negotiation. We have rules by now, and they are short.',
  },
  {
    title: 'Notes from a workshop on IT',
    about: 'Twelve people, one room, more questions than chairs.',
    tag: 'questions',
    text: 'The workshop on IT was booked out for the first time, and I wrote along as well as I could while holding the marker.',
  },
  {
    title: 'The numbers behind IT',
    about: 'I measured for a month. The result is not what I thought.',
    tag: 'measurements',
    text: 'Everybody has opinions on IT, so I measured for a month: every day at the same hour, with the same plain tools.',
  },
  {
    title: 'Teaching IT to my parents',
    about: 'They were quicker than I was, which is fair.',
    tag: 'beginners',
    text: 'My parents wanted to know what I do all day with IT. An afternoon later they asked better questions than I had.',
  },
  {
    title: 'In defence of IT',
    about: 'It has a bad name, and I think it does not deserve it.',
    tag: 'opinions',
    text: 'Say IT at a party and somebody will roll their eyes. I have stopped being offended and started taking notes.',
  },
]

export const openings = [
  'It was raining, the tea was still too hot, and I had promised to write this down weeks ago.',
  'A reader asked, and the answer became longer than a reply should be.',
  'This began as a note to myself, which is where most of my texts should have stayed.',
  'Nothing here is new. I only had to find it out for myself, as one does.',
  'Let me begin with the end: it works, and it is less work than it looks.',
  'Some of this is opinion. Where it is, I have tried to say so.',
]

export const closings = [
  'If you see it differently, write below. I change my mind about once a month.',
  'That is all I know. The rest is practice, and practice does not fit on a page.',
  'Next time I will write about what went wrong after this. It is a better story.',
  'Try it for a week before you judge it, and for a month before you recommend it.',
  'Thanks to everybody who read a draft, and to the one who told me to cut it in half.',
]

export const answers = [
  'I tried this over the weekend and it held up. Thank you for the details.',
  'The second paragraph saved me an afternoon.',
  'I disagree about the tools, but the rest is exactly my experience.',
  'Could you say a little more about how you began? That is where I am stuck.',
  'My grandmother did it the same way, without ever giving it a name.',
  'Bookmarked. I will come back in spring and tell you how it went.',
  'We read this in our team and argued for an hour, in a good way.',
  'It did not work for me at first. Doing less of everything fixed it.',
  'Short and clear. More like this, please.',
  'I measured it too and got nearly the same numbers.',
  'What would you do differently in a hot climate?',
  'This is the first text on it that did not make me feel stupid.',
  'There is a typo in the third sentence, and nothing else to complain about.',
  'I have done the opposite for years. Now I have to think again.',
  'Sent it to my brother, who started the very same evening.',
  'Good points, all of them, even those that I would rather not hear.',
]
